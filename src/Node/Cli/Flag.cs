namespace Pleiad.Node;

/// <summary>How a flag is given.</summary>
internal enum FlagKind
{
    /// <summary><c>--name</c>, <c>--no-name</c>, <c>--name=false</c>.</summary>
    Switch,

    /// <summary><c>--name=value</c>; the last one wins.</summary>
    Text,

    /// <summary><c>--name=value</c>, as often as needed; a value may list several with commas.</summary>
    Many,
}

/// <summary>One flag of the command <c>run</c>: Prometheus's name and meaning, or one of our own.</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="Kind">How it is given.</param>
/// <param name="Help">One line.</param>
/// <param name="Apply">Puts the values given into the settings; throws <see cref="FormatException"/> with a reason. Null: accepted for compatibility, without effect.</param>
/// <param name="Show">The value in force, as <c>/api/v1/status/flags</c> shows it.</param>
internal sealed record Flag(
    string Name,
    FlagKind Kind,
    string Help,
    Func<NodeSettings, IReadOnlyList<string>, NodeSettings>? Apply,
    Func<NodeSettings, string> Show)
{
    /// <summary>Another name for the same flag, or null.</summary>
    public string? Alias { get; init; }

    /// <summary>Left out of <c>--help</c>: it is only known so that existing command lines work, or end with a reason.</summary>
    public bool Hidden { get; init; }
}
