using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>The data of a script as if its series lay on several shards.</summary>
internal sealed class ShardedScript : IFragmentRunner
{
    private readonly ScriptStore _whole;
    private readonly Shard[] _parts;

    public ShardedScript(ScriptStore whole, ShardMap map)
    {
        _whole = whole;
        Shards = map;
        _parts = [.. Enumerable.Range(0, map.Count).Select(number => new Shard(whole, map, number))];
    }

    public ShardMap Shards { get; }

    public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => _whole.Select(request, cancel);

    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
        _whole.AddLabelNames(matchers, range, into, cancel);

    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
        _whole.AddLabelValues(name, matchers, range, into, cancel);

    public Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> shards, CancellationToken cancel) =>
        fragment.RunAllAsync([.. shards.Select(shard => _parts[shard])], threads: 1);

    private sealed class Shard(ScriptStore whole, ShardMap map, int number) : ISeriesSource
    {
        public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => new Cursor(whole.Select(request, cancel), map, number);

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }
    }

    private sealed class Cursor(SeriesCursor all, ShardMap map, int number) : SeriesCursor
    {
        public override Labels Labels => all.Labels;

        public override bool MoveNext()
        {
            while (all.MoveNext())
            {
                if (map.Of(all.Labels).Value == number)
                {
                    return true;
                }
            }

            return false;
        }

        public override void Read(SampleColumns into) => all.Read(into);

        protected override void Dispose(bool disposing)
        {
            all.Dispose();
            base.Dispose(disposing);
        }
    }
}
