namespace Pleiad.Yaml;

/// <summary>A text that is not YAML, is beyond a limit, or has tags of its own.</summary>
/// <param name="line">From 1; 0 where no line is to blame.</param>
/// <param name="problem">What is wrong: <c>yaml: line 3: …</c>, as Prometheus's tools say it.</param>
public sealed class YamlSyntaxException(int line, string problem) : Exception(problem)
{
    /// <summary>From 1; 0 where no line is to blame.</summary>
    public int Line { get; } = line;
}
