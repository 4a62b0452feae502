namespace Pleiad.PromQL;

/// <summary>Rollups that may answer a query.</summary>
/// <param name="Prefers">Whether they are wanted where samples are there too; otherwise only where those are gone.</param>
/// <param name="Choices">The resolutions there are.</param>
public sealed record RollupUse(bool Prefers, IReadOnlyList<RollupChoice> Choices)
{
    /// <inheritdoc/>
    public bool Equals(RollupUse? other) => other is not null && Prefers == other.Prefers && Choices.SequenceEqual(other.Choices);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Prefers, Choices.Count);
}

/// <summary>One resolution.</summary>
/// <param name="ResolutionMs">Length of a bucket; above zero.</param>
/// <param name="KeptFromMs">Older buckets may be gone.</param>
public readonly record struct RollupChoice(long ResolutionMs, long KeptFromMs);
