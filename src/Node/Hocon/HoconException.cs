namespace Pleiad.Node;

/// <summary>A place in a HOCON file.</summary>
/// <param name="File">Its name as the user gave it.</param>
/// <param name="Line">From 1.</param>
internal readonly record struct HoconOrigin(string File, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A HOCON file that cannot be read, or says what we do not understand. The message names file and line.</summary>
internal sealed class HoconException(HoconOrigin origin, string reason) : Exception($"{origin}: {reason}")
{
    /// <summary>Where.</summary>
    public HoconOrigin Origin { get; } = origin;

    /// <summary>What is wrong there.</summary>
    public string Reason { get; } = reason;
}
