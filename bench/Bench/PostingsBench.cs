// dotnet run -c Release --project bench/Bench -- --filter '*PostingsBench*' --inProcess
using BenchmarkDotNet.Attributes;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>Finding and counting series in one shard of 100 000.</summary>
[MemoryDiagnoser]
public class PostingsBench
{
    private static readonly Matcher[] s_job = [new("job", MatchKind.Equal, "node")];
    private static readonly Matcher[] s_exact = [new("job", MatchKind.Equal, "node"), new("__name__", MatchKind.Equal, "metric_7"), new("instance", MatchKind.Equal, "host42")];
    private static readonly Matcher[] s_regex = [new("__name__", MatchKind.Equal, "metric_7"), new("instance", MatchKind.Regex, "host[0-9]*7")];
    private static readonly Matcher[] s_negative = [new("job", MatchKind.Equal, "node"), new("cpu", MatchKind.NotRegex, "c[0-4]")];

    private readonly Shard _shard = new(new ShardId(0), new ShardSettings());
    private ShardView _view = null!;
    private readonly int[] _left = [.. Enumerable.Range(0, 100_000)];
    private readonly int[] _right = [.. Enumerable.Range(0, 50_000).Select(static i => i * 3)];
    private readonly int[] _into = new int[150_000];

    [GlobalSetup]
    public void Setup()
    {
        for (int target = 0; target < 100; target++)
        {
            using var batch = new SampleBatch(_shard.Id, 1000);
            for (int i = 0; i < 1000; i++)
            {
                batch.Add(
                    new SeriesKey(Labels.From(("__name__", "metric_" + (i % 100)), ("instance", "host" + target), ("job", "node"), ("cpu", "c" + (i / 100)))),
                    1_700_000_000_000,
                    i);
            }

            _shard.Apply(_shard.Prepare(batch));
        }

        _view = _shard.View();
    }

    [Benchmark]
    public int IntersectTwoLists() => PostingsAlgebra.Intersect(_left, _right, _into);

    [Benchmark]
    public int UniteTwoLists() => PostingsAlgebra.Union(_left, _right, _into);

    [Benchmark]
    public int CountAll() => _view.CountSeries(s_job, TimeRange.All, CancellationToken.None);

    [Benchmark]
    public int FindThreeExact() => _view.CountSeries(s_exact, TimeRange.All, CancellationToken.None);

    [Benchmark]
    public int FindByRegex() => _view.CountSeries(s_regex, TimeRange.All, CancellationToken.None);

    [Benchmark]
    public int FindByExclusion() => _view.CountSeries(s_negative, TimeRange.All, CancellationToken.None);
}
