using Pleiad.PromQL;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

public sealed class RehearsalTests
{
    private static readonly Engine Engine = new(new EngineSettings(), TimeProvider.System);

    [Fact]
    public async Task Every_query_of_a_rehearsal_finds_something()
    {
        var time = new VirtualTime();
        var shown = new List<QueryResult>();
        int evaluated = await Rehearsal.RunAsync(Engine, threads: 2, Show, TimeSpan.FromMinutes(1), time, CancellationToken.None);

        Assert.Equal(shown.Count, evaluated);
        Assert.All(shown, static result => Assert.NotEqual(0, Found(result.Value)));

        ValueTask Show(QueryResult result, CancellationToken cancel)
        {
            shown.Add(result);
            if (shown.Count == Rehearsal.QueriesOfRound)
            {
                time.Advance(TimeSpan.FromMinutes(1));
            }

            return default;
        }
    }

    [Fact]
    public async Task A_rehearsal_ends_when_its_time_is_over()
    {
        var time = new VirtualTime();
        int shown = 0;
        int evaluated = await Rehearsal.RunAsync(Engine, threads: 1, Show, TimeSpan.FromSeconds(5), time, CancellationToken.None);
        Assert.Equal(5, shown);
        Assert.Equal(shown, evaluated);

        ValueTask Show(QueryResult result, CancellationToken cancel)
        {
            shown++;
            time.Advance(TimeSpan.FromSeconds(1));
            return default;
        }
    }

    private static int Found(QueryValue value) => value switch
    {
        VectorValue vector => vector.Samples.Count,
        MatrixValue matrix => matrix.Series.Count,
        _ => 1,
    };
}
