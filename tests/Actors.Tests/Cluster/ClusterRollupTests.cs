using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>What rollups of other nodes say is the same here as there.</summary>
public sealed class ClusterRollupTests : IDisposable
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Start = 400_000 * Hour;
    private static readonly Matcher[] s_all = [new(LabelName.MetricName, MatchKind.Equal, "m")];
    private readonly TempDirectory _place = new();
    private readonly List<ShardView> _views = [];

    public void Dispose()
    {
        _views.ForEach(static view => view.Dispose());
        _place.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rollups_of_other_nodes_answer_as_those_here_do(bool prefers)
    {
        await using QueryNodes nodes = Nodes();
        var ends = new TimeRange(Start + (2 * Hour), Start + (11 * Hour));
        foreach (int columns in (int[])[(1 << 12) - 1, (1 << (int)RollupColumn.Count) | (1 << (int)RollupColumn.Max)])
        {
            var request = new SelectRequest(s_all, ends) { Rollup = new RollupRequest(Hour, ends, columns, prefers) };
            SortedDictionary<string, string> expected = new(StringComparer.Ordinal);
            foreach (ShardView view in _views)
            {
                using SeriesCursor cursor = view.Select(request, CancellationToken.None);
                Add(expected, cursor, request.Rollup);
            }

            // Of those of which nothing but rollups is left, and of those that have samples.
            Assert.Equal(4, expected.Count);
            Assert.Contains(expected.Values, static words => words.Contains("buckets", StringComparison.Ordinal));
            foreach (int asked in new[] { 0, 1, 2 })
            {
                using QueryView here = await nodes[asked].Reads.ViewAsync(() => TimeSpan.FromMinutes(1), goals: null, CancellationToken.None);
                SortedDictionary<string, string> found = new(StringComparer.Ordinal);
                using SeriesCursor cursor = await here.Source.SelectAsync(request, labelsOnly: false, CancellationToken.None);
                Add(found, cursor, request.Rollup);
                Assert.Equal(expected, found);
            }
        }
    }

    [Fact]
    public async Task Series_and_labels_of_which_only_rollups_are_left_are_listed_from_any_node()
    {
        await using QueryNodes nodes = Nodes();
        foreach (int asked in new[] { 0, 1, 2 })
        {
            using QueryFrontend frontend = nodes[asked].Frontend();
            var range = new TimeRange(Start, Start + (5 * Hour));
            LabelAnswer<Labels> series = await frontend.SeriesAsync([s_all], range, 0, CancellationToken.None);
            Assert.Equal(["a", "b", "c", "d"], series.Items.Select(static labels => labels.Get("instance")).Order(StringComparer.Ordinal));
            LabelAnswer<string> values = await frontend.LabelValuesAsync("instance", [s_all], range, 0, CancellationToken.None);
            Assert.Equal(["a", "b", "c", "d"], values.Items);
        }
    }

    private static void Add(SortedDictionary<string, string> into, SeriesCursor cursor, RollupRequest request)
    {
        using var samples = new SampleColumns();
        var buckets = new RollupColumns();
        while (cursor.MoveNext())
        {
            samples.Clear();
            bool isRolledUp = cursor.TryReadRollups(buckets);
            if (!isRolledUp || !request.Prefers)
            {
                cursor.Read(samples);
            }

            string words = $"samples {string.Join(' ', samples.Times.ToArray().Zip(samples.Values.ToArray()))}";
            if (isRolledUp)
            {
                words += $" buckets {string.Join(' ', buckets.Ends.ToArray())} alone {buckets.AloneThrough} "
                    + string.Join(' ', Enum.GetValues<RollupColumn>().Where(request.Reads).Select(column => $"{column} {string.Join(' ', buckets[column].ToArray())}"));
            }

            into.Add(cursor.Labels.ToString(), words);
        }
    }

    // Shard 0 lies at node 0 and has all samples; shard 1 lies at node 1, shard 2 at node 2, and both have lost the older ones.
    private QueryNodes Nodes()
    {
        _views.Add(View(0, Start, "a"));
        _views.Add(View(1, Start + (9 * Hour), "b", "c"));
        _views.Add(View(2, Start + (20 * Hour), "d"));
        _views.Add(View(3, Start));
        return new QueryNodes([.. _views.Select(static view => new Kept(view))], [[0], [1], [2], [1]], nodes: 3);
    }

    private ShardView View(int number, long dropBefore, params string[] instances)
    {
        string directory = Path.Combine(_place.Path, $"shard-{number}");
        Directory.CreateDirectory(directory);
        var shard = new Shard(new ShardId(number), new ShardSettings());
        var store = new BlockStore(new DiskFiles(), directory, Path.Combine(_place.Path, "quarantine"), shard.Id);
        shard.AttachBlocks(store);
        foreach (string instance in instances)
        {
            var key = new SeriesKey(Labels.From((LabelName.MetricName, "m"), ("instance", instance)));
            using var batch = new SampleBatch(shard.Id);
            for (long at = Start; at < Start + (13 * Hour); at += Minute)
            {
                batch.Add(key, at, (at - Start) / 1000 % 977);
            }

            shard.Apply(shard.Prepare(batch));
        }

        if (instances.Length > 0)
        {
            SealJob job = shard.BeginSeal(Start + (14 * Hour));
            shard.CompleteSeal(job, store.Write(job));
            var settings = new RollupSettings { Tiers = [new RollupTier(TimeSpan.FromHours(1), TimeSpan.Zero)], Window = TimeSpan.FromHours(6) };
            while (shard.BeginRollup(settings, long.MaxValue) is { } rollup)
            {
                shard.CompleteRollup(rollup, store.Rollups.Write(rollup));
            }

            shard.DropBefore(dropBefore);
        }

        return shard.View();
    }

    // A query disposes the views it gets.
    private sealed class Kept(ShardView view) : ISeriesSource
    {
        public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => view.Select(request, cancel);

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
            view.AddLabelNames(matchers, range, into, cancel);

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
            view.AddLabelValues(name, matchers, range, into, cancel);
    }
}
