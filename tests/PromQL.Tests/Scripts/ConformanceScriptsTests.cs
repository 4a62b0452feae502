using System.Text.Json;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.PromQL.Tests;

/// <summary>Every eval of the reference's scripts is a case of its own.</summary>
public class ConformanceScriptsTests
{
    private const string Absent = "(no conformance data)";

    public static TheoryData<string> Evals =>
    [
        .. ConformanceScripts.Files
            .SelectMany(file => ConformanceScripts.Read(file).Commands.OfType<EvalCommand>().Select(eval => $"{file}:{eval.Line}"))
            .DefaultIfEmpty(Absent),
    ];

    [SkippableTheory]
    [MemberData(nameof(Evals))]
    public async Task An_eval_comes_out_as_the_script_says(string place)
    {
        Skip.If(place == Absent, ConformanceData.Absent);
        string[] parts = place.Split(':');
        EvalOutcome outcome = (await ConformanceScripts.OutcomesAsync(parts[0])).Single(o => o.Line == int.Parse(parts[1]));
        Assert.True(outcome.Passed, outcome.ToString());
    }

    [SkippableFact]
    public void The_reader_sees_as_many_evals_as_the_data_says()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        using JsonDocument counts = JsonDocument.Parse(File.ReadAllBytes(ConformanceData.PathOf("promql/counts.json")));
        int evals = ConformanceScripts.Files.Sum(file => ConformanceScripts.Read(file).Commands.OfType<EvalCommand>().Count());
        Assert.Equal(counts.RootElement.GetProperty("evals_here").GetInt32(), evals);
    }
}
