namespace Pleiad.PromQL;

/// <summary>A script or a series in it that cannot be read.</summary>
/// <param name="line">Line number from 1; 0 where the text is one line of its own.</param>
/// <param name="reason">What is wrong.</param>
public sealed class ScriptSyntaxException(int line, string reason) : FormatException(line > 0 ? $"line {line}: {reason}" : reason)
{
    /// <summary>Line number from 1; 0 where the text is one line of its own.</summary>
    public int Line { get; } = line;

    /// <summary>What is wrong.</summary>
    public string Reason { get; } = reason;
}
