using System.Collections.Concurrent;
using Pleiad.TestKit;

namespace Pleiad.PromQL.Tests;

/// <summary>The reference's scripts, each run once a test run.</summary>
internal static class ConformanceScripts
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<EvalOutcome>>>> Runs = new();

    public static IReadOnlyList<string> Files { get; } = ConformanceData.Directory is null
        ? []
        : [.. Directory.GetFiles(ConformanceData.PathOf("promql/testdata"), "*.test").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public static Script Read(string file) =>
        ScriptReader.Read(file, File.ReadAllText(ConformanceData.PathOf($"promql/testdata/{file}")));

    public static Task<IReadOnlyList<EvalOutcome>> OutcomesAsync(string file) =>
        Runs.GetOrAdd(file, name => new Lazy<Task<IReadOnlyList<EvalOutcome>>>(() => RunAsync(name))).Value;

    private static async Task<IReadOnlyList<EvalOutcome>> RunAsync(string file)
    {
        var outcomes = new List<EvalOutcome>();
        await foreach (EvalOutcome outcome in new ScriptRunner(ScriptRunner.ForScripts, TimeProvider.System).RunAsync(Read(file), default))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }
}
