namespace Pleiad.Dashboards;

/// <summary>Something lint found.</summary>
/// <param name="IsError">Whether the dashboard will not work as written; else it works and could be better.</param>
/// <param name="Where">The panel or variable; empty for the whole dashboard.</param>
/// <param name="What">What is wrong.</param>
public sealed record LintFinding(bool IsError, string Where, string What)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(IsError ? "error" : "warning")}: {(Where.Length > 0 ? Where + ": " : string.Empty)}{What}";
}
