using Pleiad.Exposition;
using Pleiad.Model;
using Xunit;

namespace Pleiad.Scraping.Tests;

public class SendQueueTests
{
    private static readonly SeriesKey A = new(Labels.From(("__name__", "a"), ("instance", "x")));
    private static readonly SeriesKey B = new(Labels.From(("__name__", "b"), ("instance", "x")));
    private static readonly long Hour = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    [Fact]
    public void Samples_leave_in_the_order_they_came_relabelled_and_with_external_labels()
    {
        RemoteWriteConfig config = Parse("{url: 'http://h/', write_relabel_configs: [{action: drop, source_labels: [__name__], regex: b}, {target_label: via, replacement: '$1', source_labels: [dc]}]}");
        var queue = new SendQueue(config);
        Offer(queue, (A, 1, 10), (B, 1, 20), (A, 2, 11));
        Assert.Equal(["{__name__=\"a\", dc=\"x\", instance=\"x\", via=\"x\"} 1 10", "{__name__=\"a\", dc=\"x\", instance=\"x\", via=\"x\"} 2 11"], Take(queue));
        Assert.Equal(2, Position(queue));
    }

    [Fact]
    public void Rows_that_were_not_accepted_are_not_sent()
    {
        var queue = new SendQueue(Config());
        using var batch = new SampleBatch(new ShardId(0));
        batch.Add(A, 1, 1);
        batch.Add(A, 0, 7);
        batch.Add(A, 2, 2);
        queue.Offer(batch, [0, 2]);
        Assert.Equal(["a 1 1", "a 2 2"], TakeShort(queue));
    }

    [Fact]
    public void A_full_queue_notes_times_only_and_reads_them_back_from_where_it_stopped()
    {
        var queue = new SendQueue(Config(capacity: 3, perSend: 2));
        Assert.True(Offer(queue, (A, 1, 1), (A, 2, 2), (A, 3, 3)));
        Assert.True(Offer(queue, (A, 4, 4), (A, 5, 5)));
        Assert.True(queue.IsBehind);
        Assert.Equal(0, Position(queue));
        Assert.Equal(["a 1 1", "a 2 2"], TakeShort(queue));
        Assert.Equal(["a 3 3"], TakeShort(queue));
        Assert.Equal(3, Position(queue));
        CatchUpSlice slice = queue.BeginSlice(nowMs: 5);
        Assert.True(slice is { IsLast: true, MayOverlap: false, Range: { After: 3, Through: long.MaxValue } });
        Assert.False(queue.IsBehind);

        // The view that is read now has this one too; it waits in memory as well, and goes out once.
        Offer(queue, (A, 6, 6), (B, 6, 6));
        queue.EndSlice(slice, new Dictionary<Labels, long> { [A.Labels] = 6 });
        Offer(queue, (A, 7, 7));
        Assert.Equal(["b 6 6", "a 7 7"], TakeShort(queue));
        Offer(queue, (A, 7, 8));
        Assert.Equal(["a 7 8"], TakeShort(queue));
    }

    [Fact]
    public void A_long_absence_is_read_back_in_slices_and_samples_wait_in_memory_only_during_the_last()
    {
        var queue = new SendQueue(Config(), position: 0);
        var covered = new List<TimeRange>();
        long now = Hour;
        while (queue.IsBehind)
        {
            CatchUpSlice slice = queue.BeginSlice(now);
            Offer(queue, (A, now, 1));
            Assert.Equal(slice.IsLast ? 1 : 0, queue.Count);
            covered.Add(slice.Range);
            queue.EndSlice(slice, []);
        }

        Assert.Equal(0, covered[0].After);
        for (int i = 1; i < covered.Count; i++)
        {
            Assert.Equal(covered[i - 1].Through, covered[i].After);
        }

        Assert.Equal(long.MaxValue, covered[^1].Through);
        Assert.InRange(covered.Count, 6, 7);
    }

    [Fact]
    public void Samples_beyond_their_age_are_not_read_back()
    {
        var queue = new SendQueue(Config(more: "sample_age_limit: 1m"), position: 0);
        Assert.Equal(Hour - 60_000 - 1, queue.BeginSlice(Hour).Range.After);
    }

    [Fact]
    public void What_was_taken_and_not_delivered_is_read_back_with_everything_behind_it()
    {
        var queue = new SendQueue(Config());
        Offer(queue, (A, 1, 1), (A, 2, 2));
        Take(queue);
        Offer(queue, (A, 3, 3));
        queue.FallBack(1);
        Assert.Equal((0, true, 0L), (queue.Count, queue.IsBehind, Position(queue)));
        CatchUpSlice slice = queue.BeginSlice(3);
        Assert.Equal((0, true), (slice.Range.After, slice.MayOverlap));
    }

    [Fact]
    public void The_oldest_rows_of_a_batch_can_be_left_out()
    {
        var queue = new SendQueue(Config());
        Offer(queue, (A, 1, 1), (A, 2, 2), (B, 1, 4), (B, 3, 6));
        var batch = new SendBatch(queue.Config);
        queue.TakeInto(batch);
        Assert.Equal((2, 2L), (batch.DropOldest(), batch.OldestMs));
        Assert.Equal((1, 3L), (batch.DropOldest(), batch.OldestMs));
        Assert.Equal((1, 0, 0), (batch.DropOldest(), batch.DropOldest(), batch.Count));
    }

    [Fact]
    public void A_slice_leaves_out_what_was_sent_before_it()
    {
        var queue = new SendQueue(Config(capacity: 2, perSend: 2));
        Offer(queue, (A, 1, 1), (A, 2, 2), (B, 2, 2));
        Take(queue);
        CatchUpSlice slice = queue.BeginSlice(2);
        Assert.Equal(new Dictionary<Labels, long> { [A.Labels] = 2 }, queue.SentWithin(slice));
        Offer(queue, (A, 3, 3), (B, 3, 3), (A, 4, 4));

        // The view had everything up to 4; what waits is known to be sent, and so it is when the next slice begins.
        queue.EndSlice(slice, new Dictionary<Labels, long> { [A.Labels] = 4, [B.Labels] = 3 });
        Assert.Empty(Take(queue));
        Assert.True(queue.IsBehind);
        slice = queue.BeginSlice(4);
        Assert.Equal((3, false), (slice.Range.After, slice.MayOverlap));
        Assert.Equal(new Dictionary<Labels, long> { [A.Labels] = 4 }, queue.SentWithin(slice));
    }

    [Fact]
    public void The_position_waits_for_what_is_under_way()
    {
        var queue = new SendQueue(Config());
        Assert.Null(Position(queue));
        Offer(queue, (A, 5, 1), (B, 4, 1));
        Take(queue);
        queue.UnderWayMs = 4;
        Assert.Equal(3, Position(queue));
        queue.UnderWayMs = long.MaxValue;
        Assert.Equal(5, Position(queue));
    }

    [Fact]
    public void Histograms_and_exemplars_go_along_only_where_they_are_wanted()
    {
        NativeHistogram histogram = new() { Schema = 0, Count = 1, Sum = 1, ZeroCount = 1 };
        foreach (bool wanted in (ReadOnlySpan<bool>)[false, true])
        {
            var queue = new SendQueue(Config(more: wanted ? "send_native_histograms: true, send_exemplars: true" : "", inQueue: false));
            using var batch = new SampleBatch(new ShardId(0));
            batch.Add(A, 1, histogram);
            batch.AddExemplar(A, new Exemplar(Labels.From(("t", "1")), 1, new Timestamp(1)));
            queue.Offer(batch, [0]);
            Assert.Equal(wanted ? 2 : 0, queue.Count);
        }
    }

    [Fact]
    public void A_lane_without_samples_does_not_hold_the_position_of_its_destination_back()
    {
        var quiet = new SendQueue(Config());
        var busy = new SendQueue(Config());
        Assert.Null(SendQueue.PositionOf([quiet, busy]));
        Offer(quiet, (A, 1, 1));
        Take(quiet);
        Offer(busy, (B, 90, 1), (B, 100, 1));
        Assert.Equal(89, SendQueue.PositionOf([quiet, busy]));
        Take(busy);
        Assert.Equal(100, SendQueue.PositionOf([quiet, busy]));
        Assert.Equal(50, SendQueue.PositionOf([new SendQueue(Config(), position: 50), busy]));
    }

    private static long? Position(SendQueue queue) => SendQueue.PositionOf([queue]);

    private static RemoteWriteConfig Config(int capacity = 10_000, int perSend = 2_000, string more = "", bool inQueue = true)
    {
        string queue = $"capacity: {capacity}, max_samples_per_send: {perSend}" + (inQueue && more.Length > 0 ? ", " + more : string.Empty);
        return Parse($"{{url: 'http://h/', queue_config: {{{queue}}}{(inQueue || more.Length == 0 ? string.Empty : ", " + more)}}}");
    }

    private static RemoteWriteConfig Parse(string destination) =>
        ScrapeConfigFile.Parse($"global: {{external_labels: {{dc: x, instance: never}}}}\nremote_write: [{destination}]\n", "t.yml").RemoteWrite[0];

    private static bool Offer(SendQueue queue, params ReadOnlySpan<(SeriesKey Series, long Time, double Value)> rows)
    {
        using var batch = new SampleBatch(new ShardId(0));
        foreach ((SeriesKey series, long time, double value) in rows)
        {
            batch.Add(series, time, value);
        }

        return queue.Offer(batch, [.. Enumerable.Range(0, rows.Length)]);
    }

    private static IEnumerable<string> TakeShort(SendQueue queue) =>
        TakeRows(queue).Select(static row => FormattableString.Invariant($"{row.Series.Labels.MetricName} {row.TimeMs} {row.Value}"));

    private static IEnumerable<string> Take(SendQueue queue) =>
        TakeRows(queue).Select(static row => FormattableString.Invariant($"{row.Series.Labels} {row.TimeMs} {row.Value}"));

    private static IReadOnlyList<OutgoingSample> TakeRows(SendQueue queue)
    {
        var batch = new SendBatch(queue.Config);
        queue.TakeInto(batch);
        return batch.Rows;
    }
}
