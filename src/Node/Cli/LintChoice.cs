using System.CommandLine;

namespace Pleiad.Node;

/// <summary>What a check looks for beyond what is plainly wrong.</summary>
/// <param name="DuplicateRules">Whether rules that occur twice are looked for.</param>
/// <param name="LongScrapeIntervals">Whether scrape intervals are looked for that instant queries cannot look back over.</param>
/// <param name="IsFatal">Whether what lint finds makes the check fail.</param>
internal sealed record LintChoice(bool DuplicateRules, bool LongScrapeIntervals, bool IsFatal)
{
    private const string All = "all";
    private const string Nothing = "none";
    private const string Duplicates = "duplicate-rules";
    private const string LongIntervals = "too-long-scrape-interval";

    /// <summary>The option that names what to look for.</summary>
    public static Option<string> What(bool ofConfig) => new("--lint")
    {
        Description = "What to look for, with commas in between: "
            + (ofConfig ? $"{All}, {Duplicates}, {LongIntervals}, {Nothing}." : $"{All}, {Duplicates}, {Nothing}."),
        HelpName = "KINDS",
        DefaultValueFactory = _ => Duplicates,
    };

    /// <summary>The option that makes it count.</summary>
    public static Option<bool> Fatal() => new("--lint-fatal") { Description = "Fail with exit code 3 where lint finds something." };

    /// <summary>Reads the names.</summary>
    /// <param name="kinds">With commas in between.</param>
    /// <param name="isFatal">Whether it counts.</param>
    /// <param name="output">Gets names that mean nothing.</param>
    public static LintChoice Read(string kinds, bool isFatal, TextWriter output)
    {
        string[] names = kinds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (string unknown in names.Where(name => name is not (All or Nothing or Duplicates or LongIntervals)))
        {
            output.WriteLine($"WARNING: unknown lint option: \"{unknown}\"");
        }

        bool any = !names.Contains(Nothing);
        return new LintChoice(
            any && (names.Contains(All) || names.Contains(Duplicates)), any && (names.Contains(All) || names.Contains(LongIntervals)), isFatal);
    }
}
