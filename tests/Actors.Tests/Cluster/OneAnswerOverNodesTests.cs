using System.Collections.Concurrent;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.PromQL.Tests;

namespace Pleiad.Actors.Tests;

/// <summary>The answer over nodes equals the answer over one source.</summary>
public sealed class OneAnswerOverNodesTests
{
    private const int Queries = 2_000;
    private const int Seed = 20_261_130;
    private const int Clusters = 6;
    private const int Nodes = 3;

    [Fact]
    public async Task Random_queries_over_nodes_are_answered_as_over_one()
    {
        int[] counts = [1, 2, 4, 8, 8, 16];
        var spread = new List<(ShardedData Data, QueryNodes Nodes, bool IsExact)>();
        for (int i = 0; i < Clusters; i++)
        {
            bool isExact = i % 2 == 0;
            var data = new ShardedData(i, isExact);
            var random = new Random(i);
            int[][] copies = [.. Enumerable.Range(0, counts[i]).Select(_ => random.GetItems(Enumerable.Range(0, Nodes).ToArray(), 1))];
            spread.Add((data, new QueryNodes(data.Parts(new ShardMap(counts[i])), copies, Nodes, new QuerySettings { ThreadsMax = 1 + (i % 2) }), isExact));
        }

        int[] kinds = new int[3];
        var differences = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Queries), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) =>
        {
            var random = new Random(Seed + number);
            (ShardedData data, QueryNodes nodes, bool isExact) = spread[number % Clusters];
            PromQLFeatures features = PromQLFeatures.ExperimentalFunctions | PromQLFeatures.FillModifiers;
            var engine = new Engine(new EngineSettings { Features = random.Next(2) == 0 ? features : features | PromQLFeatures.DelayedNameRemoval }, TimeProvider.System);
            bool isRange = random.Next(2) == 0;
            var start = new Timestamp(random.Next(10, 25) * ShardedData.StepMs);
            Timestamp end = isRange ? start + TimeSpan.FromMinutes(random.Next(8)) : start;
            var generator = new QueryGenerator(random, isExact);
            string query = generator.Query();
            int asked = random.Next(Nodes);
            (QueryResult? one, Exception? oneError) = await AnswerAsync(engine, query, start, isRange ? end : null, data.Whole);
            using QueryView view = await nodes[asked].Reads.ViewAsync(() => TimeSpan.FromMinutes(2), goals: null, CancellationToken.None);
            (QueryResult? many, Exception? manyError) = await AnswerAsync(engine, query, start, isRange ? end : null, view.Source);
            string? difference = view.ShardsMissing.Count > 0 ? $"{view.ShardsMissing.Count} shards are missing"
                : one is null || many is null
                    ? (oneError as QueryException)?.Kind == (manyError as QueryException)?.Kind && oneError is QueryException && manyError is QueryException
                        ? null
                        : $"{oneError?.ToString() ?? "an answer"} became {manyError?.ToString() ?? "an answer"}"
                    : new AnswerComparison(query, generator.AddsUp).Difference(one, many);
            bool isEmpty = one?.Value is VectorValue { Samples.Count: 0 } or MatrixValue { Series.Count: 0 };
            Interlocked.Increment(ref kinds[one is null ? 2 : isEmpty ? 1 : 0]);
            if (difference is not null)
            {
                differences.Enqueue(
                    $"query {number} of seed {Seed}: `{query}` from {start.Milliseconds} to {end.Milliseconds} ms over {view.Source.Shards.Count} shards, asked at node {asked}: {difference}");
            }
        });

        foreach ((_, QueryNodes nodes, _) in spread)
        {
            await nodes.DisposeAsync();
        }

        Assert.True(differences.IsEmpty, $"{differences.Count} answers differ:\n{string.Join('\n', differences.Take(10))}");
        Assert.True(kinds[0] > Queries / 3, $"{kinds[0]} with series, {kinds[1]} empty, {kinds[2]} failed");
    }

    private static async Task<(QueryResult? Result, Exception? Error)> AnswerAsync(Engine engine, string query, Timestamp start, Timestamp? end, ISeriesSource source)
    {
        try
        {
            return (end is { } last
                ? await engine.RangeAsync(query, start, last, TimeSpan.FromMinutes(1), source, QueryRunOptions.Default, CancellationToken.None)
                : await engine.InstantAsync(query, start, source, QueryRunOptions.Default, CancellationToken.None), null);
        }
        catch (Exception error)
        {
            // What is no error of a query is a difference, and told as one.
            return (null, error);
        }
    }
}
