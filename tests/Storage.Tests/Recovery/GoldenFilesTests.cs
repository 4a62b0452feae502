using Pleiad.Model;

namespace Pleiad.Storage.Tests;

/// <summary>Files of the first versions of formats that have later ones: written by nobody any more, opened for ever.</summary>
public sealed class GoldenFilesTests
{
    private static readonly string s_data = Path.Combine(Golden.Formats, "data-v2");

    [Fact]
    public void A_block_of_version_1_has_what_one_of_version_2_has()
    {
        using Block old = Block.Open(new DiskFiles(), Path.Combine(Golden.Formats, "block-v1.blk"), 0, 1);
        using Block now = Block.Open(new DiskFiles(), Path.Combine(s_data, "shards", "0000", "block-000000000001.blk"), 0, 1);
        old.Verify();
        Assert.Equal(0, old.TombstonesApplied);
        Assert.Equal(Content(now), Content(old));
    }

    [Fact]
    public void Batch_records_of_version_1_have_what_those_of_version_2_have()
    {
        Assert.Equal(Replayed(Path.Combine(s_data, "log", "000000000001.seg")), Replayed(Path.Combine(Golden.Formats, "batch-records-v1.seg")));
    }

    private static List<string> Content(Block block)
    {
        var found = new List<string>();
        using var run = new SampleColumns();
        for (var walk = new BlockWalk(block, TombstoneList.Empty); walk.Labels is { } labels; walk.MoveNext())
        {
            run.Clear();
            walk.Reader.Read(TimeRange.All, run);
            Assert.True(run.Count > 0);
            found.AddRange(BlockMaker.Words(run).Select(word => $"{labels} {word}"));
        }

        return found;
    }

    private static List<string> Replayed(string segment)
    {
        byte[] bytes = File.ReadAllBytes(segment);
        var shard = new Shard(new ShardId(0), new ShardSettings());
        foreach (FoundRecord record in SegmentScan.Of(bytes, SegmentFormat.HeadBytes).Records)
        {
            shard.Replay(record.Head.Seq, bytes.AsSpan(record.Start, record.Length));
        }

        Assert.True(shard.AppliedSeq > 3);
        using ShardView view = shard.View();
        using SeriesCursor cursor = view.Select(new SelectRequest([new Matcher(LabelName.MetricName, MatchKind.Regex, ".+")], TimeRange.All), CancellationToken.None);
        var found = new List<string>();
        using var run = new SampleColumns();
        while (cursor.MoveNext())
        {
            run.Clear();
            cursor.Read(run);
            Labels labels = cursor.Labels;
            found.AddRange(BlockMaker.Words(run).Select(word => $"{labels} {word}"));
        }

        return found;
    }
}
