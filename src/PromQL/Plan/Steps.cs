namespace Pleiad.PromQL;

/// <summary>The instants a part of a query is evaluated at: evenly spaced, at least one.</summary>
/// <param name="Start">The first, in milliseconds since the epoch.</param>
/// <param name="StepMs">Between two of them; 0 where there is only one.</param>
/// <param name="Count">How many; at least 1.</param>
internal readonly record struct Steps(long Start, long StepMs, int Count)
{
    /// <summary>The last instant.</summary>
    public long End => Start + (StepMs * (Count - 1));

    /// <summary>The words of a presence bitmap over these steps.</summary>
    public int Words => (Count + 63) / 64;

    /// <summary>The instant of a step.</summary>
    public long At(int index) => Start + (StepMs * index);

    /// <summary>A single instant.</summary>
    public static Steps Once(long at) => new(at, 0, 1);

    /// <inheritdoc/>
    public override string ToString() => Count == 1 ? $"at {Start}" : $"{Start}..{End} by {StepMs}";
}
