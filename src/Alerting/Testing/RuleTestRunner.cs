using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>How unit tests of rules are run.</summary>
public sealed record RuleTestOptions
{
    /// <summary>Only tests whose name one of these matches somewhere; empty for all.</summary>
    public IReadOnlyList<string> Run { get; init; } = [];

    /// <summary>Whether only the differences between alerts are shown, instead of both lists.</summary>
    public bool Diff { get; init; }

    /// <summary>Whether keys of rule files that nobody knows are passed over.</summary>
    public bool IgnoreUnknownFields { get; init; }

    /// <summary>Which experimental parts of the language are on.</summary>
    public EngineSettings Expressions { get; init; } = new();
}

/// <summary>Runs files of unit tests of rules, with promtool's answers.</summary>
/// <param name="options">How.</param>
/// <param name="expandPattern">The files a pattern matches, in order.</param>
/// <param name="time">Measures how long queries take.</param>
public sealed class RuleTestRunner(RuleTestOptions options, Func<string, IReadOnlyList<string>> expandPattern, TimeProvider time)
{
    private readonly UnanchoredRegex? _run = options.Run.Count == 0 ? null : UnanchoredRegex.Compile(string.Join('|', options.Run));

    /// <summary>Runs files.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="output">Gets the files and which of them pass.</param>
    /// <param name="error">Gets what fails.</param>
    /// <param name="cancel">Ends the run.</param>
    /// <returns>Whether all passed.</returns>
    public async Task<bool> RunFilesAsync(IEnumerable<string> files, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        bool passed = true;
        foreach (string file in files)
        {
            await output.WriteLineAsync($"Unit Testing:  {file}").ConfigureAwait(false);
            IReadOnlyList<string> problems = await RunFileAsync(file, error, cancel).ConfigureAwait(false);
            if (problems.Count == 0)
            {
                await output.WriteLineAsync("  SUCCESS").ConfigureAwait(false);
            }
            else
            {
                passed = false;
                await error.WriteLineAsync("  FAILED:").ConfigureAwait(false);
                foreach (string problem in problems)
                {
                    await error.WriteLineAsync(problem).ConfigureAwait(false);
                    await output.WriteLineAsync().ConfigureAwait(false);
                }
            }

            await output.WriteLineAsync().ConfigureAwait(false);
        }

        return passed;
    }

    private async Task<IReadOnlyList<string>> RunFileAsync(string path, TextWriter error, CancellationToken cancel)
    {
        RuleTestFile file;
        try
        {
            file = RuleTestReader.Read(TextFile.Read(path), path);
        }
        catch (Exception e) when (e is RuleTestException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return [e.Message];
        }

        var rules = new List<RuleFile>();
        foreach (string pattern in file.RuleFiles)
        {
            string resolved = Path.IsPathRooted(pattern) || pattern.Length == 0
                ? pattern
                : Path.Join(Path.GetDirectoryName(path), pattern);
            IReadOnlyList<string> found = expandPattern(resolved);
            if (found.Count == 0)
            {
                await error.WriteLineAsync($"  WARNING: no file match pattern {resolved}").ConfigureAwait(false);
            }

            rules.AddRange(found.Select(one => RuleFile.Load(
                one, new RuleFileOptions { IgnoreUnknownFields = options.IgnoreUnknownFields, Expressions = options.Expressions })));
        }

        RuleTestGroup[] chosen = [.. file.Groups.Where(group => _run is null || _run.IsMatch(group.Name))];
        string[] wrong = [.. rules.SelectMany(one => one.Problems).Select(problem => problem.ToString())];
        if (wrong.Length > 0 && chosen.Length > 0)
        {
            return wrong;
        }

        RuleGroup[] groups = [.. rules.SelectMany(one => one.Groups).OrderBy(group => file.GroupOrder.GetValueOrDefault(group.Name))];
        var problems = new List<string>();
        foreach (RuleTestGroup group in chosen)
        {
            problems.AddRange(await new RuleTestRun(file, group, groups, options, time).RunAsync(cancel).ConfigureAwait(false));
        }

        return problems;
    }
}
