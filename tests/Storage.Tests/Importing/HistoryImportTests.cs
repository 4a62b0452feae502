using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>History that is imported joins what is there: nothing lost, nothing twice, whatever call fails.</summary>
public sealed class HistoryImportTests
{
    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.Torn)]
    [InlineData(Fault.PowerCut)]
    [InlineData(Fault.PowerCutTorn)]
    public void Whatever_call_fails_what_was_there_stays_and_a_second_run_completes_it(Fault fault)
    {
        int failAt = 1;
        for (; ; failAt++)
        {
            Assert.True(failAt < 1000, "the import ends");
            var files = new FaultyFiles(failAt);
            var node = new LedgerNode(files);
            node.Start();
            Assert.True(node.Write((Series(1), 500, 1), (Series(2), 510, 2), (Series(3), 520, 3)));
            node.Snapshot();
            Assert.True(node.Write((Series(1), 600, 4), (Series(2), 610, 5)));
            node.Kill();

            files.FailAt = files.Calls + failAt;
            files.Fault = fault;
            bool ended = Import(files);
            bool failed = files.HasFailed;
            files.Restart(keepsUnflushed: fault is not (Fault.PowerCut or Fault.PowerCutTorn));
            if (ended && !failed)
            {
                break;
            }

            // Half of it may be there: what the node had is there in any case.
            files.FailAt = 0;
            using (Found found = Read(files))
            {
                Assert.Equal([(500, 1), (600, 4)], found.Of(Series(1)).Where(static sample => sample.Time >= 500));
                Assert.All(found.Of(Series(1)).Where(static sample => sample.Time < 500), static sample => Assert.Equal(sample.Time * 2.0, sample.Value));
            }

            Assert.True(Import(files));
            CheckWhole(files);
        }

        Assert.True(failAt > 20, $"only {failAt} calls were made to fail");
    }

    [Fact]
    public void History_comes_once_however_often_it_is_imported_and_new_samples_go_on_behind_it()
    {
        var files = new FaultyFiles();
        Assert.True(Import(files));
        string[] before = [.. files.Paths.Where(static path => path.EndsWith(".blk", StringComparison.Ordinal))];
        Assert.True(Import(files));
        Assert.Equal(before, files.Paths.Where(static path => path.EndsWith(".blk", StringComparison.Ordinal)));

        var node = new LedgerNode(files);
        node.Start();
        Assert.Equal(1, node.WriteOne(Series(1), 700, 7).Accepted);
        Assert.Equal(1, node.WriteOne(Series(1), 300, 7).OutOfOrder);
        node.Kill();
        using Found found = Read(files);
        Assert.Equal(Enumerable.Range(0, 40).Select(static i => (i * 10L, i * 20.0)).Append((700, 7.0)), found.Of(Series(1)));
    }

    [Fact]
    public void What_is_there_wins_over_what_is_imported_and_what_was_deleted_may_come_back()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files);
        node.Start();
        Assert.True(node.Write((Series(1), 100, -1)));
        Assert.True(node.Write((Series(2), 100, -2)));
        Assert.True(node.Delete([new Matcher(LabelName.MetricName, MatchKind.Equal, "m2")], 0, 1000));
        node.Kill();
        HistoryWritten written = default;
        Assert.True(Import(files, ref written));
        Assert.Equal(1, written.Conflicting);
        using Found found = Read(files);
        Assert.Equal(-1, found.Of(Series(1)).Single(static sample => sample.Time == 100).Value);
        Assert.Equal(200, found.Of(Series(2)).Single(static sample => sample.Time == 100).Value);
    }

    [Fact]
    public void Samples_in_any_order_are_put_in_order_and_series_out_of_order_are_refused()
    {
        var files = new FaultyFiles();
        using DataDirectory directory = DataDirectory.Open(files, LedgerNode.Root, 1);
        RecoveredData data = Recover(directory);
        var import = new HistoryImport(data);
        HistoryWritten written = import.Write(new ShardId(0), TimeRange.All, to => to.Add(Series(1), BlockMaker.Run((30, 3), (10, 1), (20, 2), (10, 9))));
        Assert.Equal((3, 1), (written.Samples, written.Known));
        Assert.Throws<HistoryException>(() => import.Write(new ShardId(0), TimeRange.All, to =>
        {
            to.Add(Series(2), BlockMaker.Run((1, 1)));
            to.Add(Series(1), BlockMaker.Run((1, 1)));
        }));
        data.Log.Dispose();
        directory.Dispose();
        using Found found = Read(files, shards: 1);
        Assert.Equal([(10, 1), (20, 2), (30, 3)], found.Of(Series(1)));
        Assert.Empty(found.Of(Series(2)));
    }

    private static bool Import(FaultyFiles files)
    {
        HistoryWritten written = default;
        return Import(files, ref written);
    }

    // Three series, 40 samples each, in two windows.
    private static bool Import(FaultyFiles files, ref HistoryWritten written)
    {
        DataDirectory? directory = null;
        try
        {
            directory = DataDirectory.Open(files, LedgerNode.Root, 2);
            RecoveredData data = Recover(directory);
            var import = new HistoryImport(data);
            var map = new ShardMap(2);
            foreach (long window in (long[])[0, 200])
            {
                foreach (IGrouping<ShardId, Labels> shard in new[] { Series(1), Series(2), Series(3) }.GroupBy(map.Of))
                {
                    written += import.Write(shard.Key, TimeRange.Closed(window, window + 199), to =>
                    {
                        foreach (Labels labels in shard.Order())
                        {
                            var run = new SampleColumns();
                            for (long time = window; time < window + 200; time += 10)
                            {
                                run.Add(time, time * 2.0);
                            }

                            to.Add(labels, run);
                        }
                    });
                }
            }

            data.Log.Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            directory?.Dispose();
        }
    }

    private static void CheckWhole(FaultyFiles files)
    {
        using Found found = Read(files);
        for (int series = 1; series <= 3; series++)
        {
            Assert.Equal(
                Enumerable.Range(0, 40).Select(static i => (i * 10L, i * 20.0)),
                found.Of(Series(series)).Where(static sample => sample.Time < 500));
        }

        Assert.Equal([(500, 1), (600, 4)], found.Of(Series(1)).Where(static sample => sample.Time >= 500));
        Assert.Equal([(510, 2), (610, 5)], found.Of(Series(2)).Where(static sample => sample.Time >= 500));
        Assert.Equal([(520, 3)], found.Of(Series(3)).Where(static sample => sample.Time >= 500));
    }

    private static Found Read(FaultyFiles files, int shards = 2)
    {
        DataDirectory directory = DataDirectory.Open(files, LedgerNode.Root, shards);
        return new Found(directory, Recover(directory));
    }

    private static RecoveredData Recover(DataDirectory directory) =>
        HeadRecovery.Run(directory, new ShardSettings(), new SegmentLogSettings { SegmentBytes = 4096 }, static _ => { }, CancellationToken.None);

    private static Labels Series(int number) => Named("m" + number, ("instance", "host" + number));

    private sealed class Found(DataDirectory directory, RecoveredData data) : IDisposable
    {
        private readonly Dictionary<Labels, List<(long Time, double Value)>> _all = data.Shards.SelectMany(static shard =>
        {
            using ShardView view = shard.View();
            return Everything(view);
        }).ToDictionary();

        public IReadOnlyList<(long Time, double Value)> Of(Labels labels) => _all.GetValueOrDefault(labels, []);

        public void Dispose()
        {
            data.Log.Dispose();
            directory.Dispose();
        }
    }
}
