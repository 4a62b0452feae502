using System.Collections.Concurrent;
using Pleiad.Model;
using Pleiad.TestKit;

namespace Pleiad.PromQL.Tests;

/// <summary>
/// The scripts of this project, below <c>Own</c>: what the reference's scripts leave open. Their expectations follow from the documentation
/// and the source of Prometheus, worked out by hand.
/// </summary>
public sealed class OwnScriptsTests
{
    private const int Shards = 4;

    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<EvalOutcome>>>> Runs = new();

    private static readonly EngineSettings Settings = ScriptRunner.ForScripts;

    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Scripts", "Own");

    private static IEnumerable<string> Files => Directory.GetFiles(Folder, "*.test").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    public static TheoryData<string> Evals =>
        [.. Files.SelectMany(file => Read(file).Commands.OfType<EvalCommand>().Select(eval => $"{file}:{eval.Line}"))];

    public static TheoryData<string> OwnFiles => [.. Files];

    public static TheoryData<string> ReferenceFiles => [.. ConformanceScripts.Files.DefaultIfEmpty(ConformanceData.Absent)];

    [Theory]
    [MemberData(nameof(Evals))]
    public async Task An_eval_comes_out_as_the_script_says(string place)
    {
        string[] parts = place.Split(':');
        EvalOutcome outcome = (await OutcomesAsync(parts[0])).Single(o => o.Line == int.Parse(parts[1]));
        Assert.True(outcome.Passed, outcome.ToString());
    }

    [Theory]
    [MemberData(nameof(OwnFiles))]
    public async Task Shards_answer_a_script_as_one_does(string file) => await CompareAsync(Read(file));

    [SkippableTheory]
    [MemberData(nameof(ReferenceFiles))]
    public async Task Shards_answer_a_script_of_the_reference_as_one_does(string file)
    {
        Skip.If(file == ConformanceData.Absent, ConformanceData.Absent);
        await CompareAsync(ConformanceScripts.Read(file));
    }

    private static async Task CompareAsync(Script script)
    {
        var engine = new Engine(Settings, TimeProvider.System);
        var store = new ScriptStore();
        var shards = new ShardedScript(store, new ShardMap(Shards));
        var differences = new List<string>();
        foreach (ScriptCommand command in script.Commands)
        {
            switch (command)
            {
                case ClearCommand:
                    store.Clear();
                    break;
                case LoadCommand load:
                    store.Load(load);
                    break;
                case EvalCommand eval:
                    (QueryResult? one, string? oneError) = await AnswerAsync(engine, eval, store);
                    (QueryResult? many, string? manyError) = await AnswerAsync(engine, eval, shards);
                    string? difference = one is null || many is null
                        ? (oneError is null) == (manyError is null) ? null : $"{oneError ?? "an answer"} became {manyError ?? "an answer"}"
                        : new AnswerComparison(eval.Query, addsUp: true).Difference(one, many);
                    if (difference is not null)
                    {
                        differences.Add($"{script.Name}:{eval.Line} {eval.Query}: {difference}");
                    }

                    break;
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static async Task<(QueryResult? Result, string? Error)> AnswerAsync(Engine engine, EvalCommand eval, ISeriesSource source)
    {
        EvalTimes times = eval.Times;
        try
        {
            return (times.IsRange
                ? await engine.RangeAsync(eval.Query, times.Start, times.End, times.Step, source, QueryRunOptions.Default, CancellationToken.None)
                : await engine.InstantAsync(eval.Query, times.Start, source, QueryRunOptions.Default, CancellationToken.None), null);
        }
        catch (QueryException error)
        {
            return (null, error.Message);
        }
    }

    private static Script Read(string file) => ScriptReader.Read(file, File.ReadAllText(Path.Combine(Folder, file)));

    private static Task<IReadOnlyList<EvalOutcome>> OutcomesAsync(string file) =>
        Runs.GetOrAdd(file, name => new Lazy<Task<IReadOnlyList<EvalOutcome>>>(() => RunAsync(name))).Value;

    private static async Task<IReadOnlyList<EvalOutcome>> RunAsync(string file)
    {
        var outcomes = new List<EvalOutcome>();
        await foreach (EvalOutcome outcome in new ScriptRunner(Settings, TimeProvider.System).RunAsync(Read(file), default))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }
}
