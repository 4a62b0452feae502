namespace Pleiad.Scraping;

/// <summary>A configuration file that was refused: which file, which line, which key, and why, in Prometheus's words where it has some.</summary>
public sealed class ConfigException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="file">The file as it was named.</param>
    /// <param name="line">From 1; 0 where no line is to blame.</param>
    /// <param name="key">Path of the key, <c>scrape_configs[0].scrape_timeout</c>; may be empty.</param>
    /// <param name="problem">What is wrong. Never holds the value of a secret.</param>
    public ConfigException(string file, int line, string key, string problem)
        : base(TextOf(file, line, key, problem))
    {
        File = file;
        Line = line;
        Key = key;
        Problem = problem;
    }

    /// <summary>The file as it was named.</summary>
    public string File { get; }

    /// <summary>From 1; 0 where no line is to blame.</summary>
    public int Line { get; }

    /// <summary>Path of the key; may be empty.</summary>
    public string Key { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    private static string TextOf(string file, int line, string key, string problem)
    {
        string place = (line > 0, key.Length > 0) switch
        {
            (true, true) => $" (line {line}, {key})",
            (true, false) => problem.Contains($"line {line}", StringComparison.Ordinal) ? string.Empty : $" (line {line})",
            (false, true) => $" ({key})",
            _ => string.Empty,
        };
        return $"parsing YAML file {file}: {problem}{place}";
    }
}
