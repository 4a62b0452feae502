using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Each series has its own time: what is older is in no answer, what is younger stays, whatever moves and whatever call fails.</summary>
public sealed class RetentionBySelectorTests
{
    private const long Range = 100;

    // Short ones are kept for 150, long ones for 2000, those that are both for 2000, all others for 600.
    private static readonly RetentionPolicy s_policy = new(
        TimeSpan.FromMilliseconds(600),
        [
            new RetentionRule([new Matcher("kind", MatchKind.Regex, "short|both")], TimeSpan.FromMilliseconds(150)),
            new RetentionRule([new Matcher("kind", MatchKind.Regex, "long|both"), new Matcher("job", MatchKind.Equal, "test")], TimeSpan.FromMilliseconds(2000)),
        ]);

    [Fact]
    public void The_longest_time_of_those_that_a_series_satisfies_counts()
    {
        RetentionCut cut = s_policy.At(10_000);
        Assert.Equal([9850, 8000, 8000, 9400], new[] { "short", "long", "both", "other" }.Select(kind => cut.Of(Series(kind, 1))));
        Assert.Equal((8000, 9850), (cut.Floor, cut.Ceiling));
        Assert.Equal(9400, cut.Of(Named("x", ("kind", "long"))));
        var forEver = new RetentionPolicy(TimeSpan.FromMilliseconds(600), [new RetentionRule([new Matcher("kind", MatchKind.Equal, "long")], TimeSpan.Zero)]);
        Assert.Equal((long.MinValue, long.MinValue, 9400), (forEver.At(10_000).Floor, forEver.At(10_000).Of(Series("long", 1)), forEver.At(10_000).Of(Series("short", 1))));
        Assert.Equal([0, 1, 2, 3], new[] { 9900L, 9800, 9300, 7000 }.Select(cut.StepsBehind));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void In_any_order_of_sealing_merging_expiring_and_restarting_exactly_what_is_not_expired_is_there(int seed)
    {
        var random = new Random(seed);
        var files = new FaultyFiles();
        var node = new Node(files);
        node.Start();
        for (int step = 0; step < 40; step++)
        {
            node.Write();
            switch (random.Next(8))
            {
                case 0:
                    node.Storage.Seal(node.Time - random.Next(80));
                    break;
                case 1:
                    node.Storage.Compact(Range, node.Time - 100);
                    break;
                case 2:
                    node.Retain();
                    break;
                case 3:
                    node.Storage.Snapshot();
                    break;
                case 4 when random.Next(3) == 0:
                    node.Storage.Kill();
                    files.Restart(keepsUnflushed: random.Next(2) == 0);
                    node.Start();
                    break;
                default:
                    node.Expire();
                    break;
            }

            node.Check();
        }

        // What is written anew holds nothing that is expired whole.
        node.Storage.Seal(node.Time + 1);
        node.Retain();
        node.Expire();
        node.CheckBlocks();
        node.Storage.Kill();
    }

    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.Torn)]
    [InlineData(Fault.PowerCut)]
    [InlineData(Fault.PowerCutTorn)]
    public void Whatever_call_fails_nothing_that_is_kept_is_lost_and_nothing_expired_appears(Fault fault)
    {
        int failAt = 1;
        for (; ; failAt++)
        {
            Assert.True(failAt < 2000, "the story ends");
            var files = new FaultyFiles(failAt) { FailAt = failAt, Fault = fault };
            var node = new Node(files);
            bool ended = Tell(node);
            node.Storage.Kill();
            if (ended && !files.HasFailed)
            {
                break;
            }

            files.Restart(keepsUnflushed: fault is not (Fault.PowerCut or Fault.PowerCutTorn));
            node.Start();
            node.Check();
            node.Expire();
            node.Check();
            node.Storage.Kill();
        }

        Assert.True(failAt > 40, $"only {failAt} calls were made to fail");
    }

    private static bool Tell(Node node)
    {
        try
        {
            node.Start();
            for (int round = 0; round < 4; round++)
            {
                for (int batch = 0; batch < 3; batch++)
                {
                    node.Write();
                }

                if (node.Storage.Data.Log.Failure is not null)
                {
                    return false;
                }

                node.Retain();
                node.Storage.Seal(node.Time - 20);
                node.Expire();
                if (round % 2 == 1)
                {
                    node.Storage.Snapshot();
                    node.Storage.Compact(Range, node.Time - 100);
                }
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Labels Series(string kind, int number) => Named("m", ("kind", kind), ("job", "test"), ("instance", "host" + number));

    /// <summary>The ledger's node, and the clock by which its samples expire.</summary>
    private sealed class Node(FaultyFiles files)
    {
        private static readonly string[] s_kinds = ["short", "long", "both", "other"];

        private RetentionCut _cut = RetentionCut.None;

        public LedgerNode Storage { get; } = new(files);

        public long Time { get; private set; } = 1000;

        public void Start()
        {
            Storage.Start();
            Retain();
        }

        public void Write()
        {
            Time += 12;
            Storage.Write([.. s_kinds.SelectMany(kind => Enumerable.Range(0, 2).Select(number => (Series(kind, number), Time, Time * 1.5)))]);
        }

        public void Retain()
        {
            _cut = s_policy.At(Time);
            foreach (Shard shard in Storage.Data.Shards)
            {
                shard.Retain(_cut);
            }
        }

        public void Expire()
        {
            foreach (Shard shard in Storage.Data.Shards)
            {
                while (shard.BeginExpiry() is { } job)
                {
                    CompactionWritten? written = null;
                    try
                    {
                        written = Storage.Data.Blocks[shard.Id.Value].Expire(job);
                    }
                    finally
                    {
                        shard.CompleteCompaction(job, written);
                    }
                }
            }
        }

        public void Check()
        {
            Storage.Check((labels, time) => time < _cut.Of(labels));
            foreach (Shard shard in Storage.Data.Shards)
            {
                using ShardView view = shard.View();
                foreach ((Labels labels, List<(long Time, double Value)> samples) in Everything(view))
                {
                    Assert.NotEmpty(samples);
                    Assert.All(samples, sample => Assert.True(sample.Time >= _cut.Of(labels), $"{labels} at {sample.Time} is expired"));
                    var newest = new SelectRequest([.. labels.Select(static label => new Matcher(label.Name, MatchKind.Equal, label.Value))], TimeRange.All) { NewestOnly = true };
                    using SeriesCursor cursor = view.Select(newest, CancellationToken.None);
                    using var run = new SampleColumns();
                    Assert.True(cursor.MoveNext());
                    cursor.Read(run);
                    Assert.Equal(samples[^1].Time, run.Times[^1]);
                }
            }
        }

        public void CheckBlocks()
        {
            int series = 0;
            foreach (Shard shard in Storage.Data.Shards)
            {
                using ShardView view = shard.View();
                foreach (Block block in view.Pin.Blocks.Blocks)
                {
                    for (var walk = new BlockWalk(block, TombstoneList.Empty); walk.Labels is { } labels; walk.MoveNext())
                    {
                        Assert.True(walk.Reader.LastTime >= _cut.Of(labels), $"{labels} is in block {block.Number}, expired whole");
                        series++;
                    }
                }
            }

            Assert.True(series > 10, "blocks have what is kept");
        }
    }
}
