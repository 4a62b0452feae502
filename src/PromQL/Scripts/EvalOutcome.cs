namespace Pleiad.PromQL;

/// <summary>What became of one <c>eval</c> of a script.</summary>
/// <param name="Script">Name of the script.</param>
/// <param name="Line">Line of the command, from 1.</param>
/// <param name="Query">The expression.</param>
/// <param name="Failure">What is wrong, or null.</param>
public sealed record EvalOutcome(string Script, int Line, string Query, string? Failure)
{
    /// <summary>Whether everything came out as expected.</summary>
    public bool Passed => Failure is null;

    /// <summary><c>file:line: query: what is wrong</c>.</summary>
    public override string ToString() => $"{Script}:{Line}: {Query}: {Failure ?? "passed"}";
}
