using Pleiad.Alerting;
using Pleiad.Model;

namespace Pleiad.Node;

/// <summary>Checks rule files and says what came of it, as promtool does.</summary>
internal sealed class RuleFileReport(RuleFileOptions options, LintChoice lint, TextWriter output, TextWriter error)
{
    /// <summary>Whether something was plainly wrong.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Whether lint found something.</summary>
    public bool HasLint { get; private set; }

    /// <summary>How the command ends.</summary>
    public int ExitCode => HasErrors ? PleiadCommand.Failure : HasLint && lint.IsFatal ? PleiadCommand.LintFailure : PleiadCommand.Success;

    /// <summary>Checks a file.</summary>
    public async Task CheckAsync(string path)
    {
        await output.WriteLineAsync($"Checking {path}");
        await CheckAsync(RuleFile.Load(path, options));
    }

    /// <summary>Checks the text of a file that has no name.</summary>
    public async Task CheckTextAsync(string text)
    {
        await output.WriteLineAsync("Checking standard input");
        await CheckAsync(RuleFile.Parse(text, "standard input", options));
    }

    private async Task CheckAsync(RuleFile file)
    {
        if (file.Problems.Count > 0)
        {
            HasErrors = true;
            await error.WriteLineAsync("  FAILED:");
            foreach (RuleProblem problem in file.Problems)
            {
                await error.WriteLineAsync(problem.ToString());
            }

            await output.WriteLineAsync();
            return;
        }

        if (lint.DuplicateRules && DuplicateRules.Find(file.Rules) is { Count: > 0 } duplicates)
        {
            HasLint = true;
            await error.WriteLineAsync("  FAILED:");
            await error.WriteLineAsync($"lint error {duplicates.Count} duplicate rule(s) found.");
            foreach ((string name, IReadOnlyList<Label> labels) in duplicates)
            {
                await error.WriteLineAsync($"Metric: {name}\nLabel(s):");
                foreach (Label label in labels)
                {
                    await error.WriteLineAsync($"\t{label.Name}: {label.Value}");
                }
            }

            await error.WriteLineAsync("Might cause inconsistency while recording expressions");
        }
        else
        {
            await output.WriteLineAsync($"  SUCCESS: {file.Rules.Count()} rules found");
        }

        if (file.MoreDocuments)
        {
            await output.WriteLineAsync("  WARNING: only the first YAML document of the file is read");
        }

        await output.WriteLineAsync();
    }
}
