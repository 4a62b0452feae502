using System.Text;
using Pleiad.Model;
using Pleiad.TestKit;
using Xunit;
using static Pleiad.TestKit.RemoteWriteMessages;

namespace Pleiad.Exposition.Tests;

public class RemoteWriteReaderTests
{
    private const long At = 1700000000000;

    private readonly SeriesKeyCache _cache = new(1000);

    [Fact]
    public void A_series_sent_again_keeps_its_key_and_other_bytes_get_another()
    {
        byte[] message = First(FirstSeries(("__name__", "up"), ("job", "x")).Message(2, Sample(At, 1))).ToArray();
        SeriesKey first = Read(message).Single().Key;
        Assert.Same(first, Read(message).Single().Key);
        Assert.NotSame(first, Read(First(FirstSeries(("__name__", "up"), ("job", "y")).Message(2, Sample(At, 1))).ToArray()).Single().Key);
        Assert.Equal(first.Labels, Read(message).Single().Key.Labels);
    }

    [Fact]
    public void Each_series_has_one_key_in_whatever_order_and_company_it_comes()
    {
        var random = new Random(5);
        var keys = new Dictionary<string, SeriesKey>();
        for (int request = 0; request < 200; request++)
        {
            // Most of the time in the same order, as senders do; now and then with some left out, doubled or in another order.
            string[] names = [.. Enumerable.Range(0, 30).Select(static i => $"m{i}")];
            names = random.Next(4) switch
            {
                0 => [.. names.Where(_ => random.Next(3) > 0)],
                1 => [.. names.Concat(names.Where(_ => random.Next(3) == 0))],
                2 => [.. names.OrderBy(_ => random.Next())],
                _ => names,
            };
            var message = new ProtoMessage();
            for (int i = 0; i < names.Length; i++)
            {
                message.Message(1, FirstSeries(("__name__", names[i]), ("job", "x")).Message(2, Sample(At + i, i)));
            }

            List<(SeriesKey Key, long Time, NativeHistogram? Histogram)> read = Read(message.ToArray());
            Assert.Equal(names.Length, read.Count);
            foreach ((SeriesKey key, long time, _) in read)
            {
                string name = names[time - At];
                Assert.Equal(Labels.From(("__name__", name), ("job", "x")), key.Labels);
                Assert.Same(keys.TryGetValue(name, out SeriesKey? known) ? known : keys[name] = key, key);
            }
        }
    }

    [Fact]
    public void A_series_that_the_cache_has_let_go_is_made_anew_though_it_comes_behind_the_same_one()
    {
        var cache = new SeriesKeyCache(16_000);
        byte[] message = Enumerable.Range(0, 400)
            .Aggregate(new ProtoMessage(), static (message, i) => message.Message(1, FirstSeries(("__name__", $"m{i}")).Message(2, Sample(At, i)))).ToArray();
        SeriesKey[] before = Keys();
        Assert.Equal(before, Keys());
        cache.LimitTo(16);
        SeriesKey[] after = Keys();
        Assert.Equal(before.Select(static key => key.Labels), after.Select(static key => key.Labels));
        Assert.All(before.Zip(after), static pair => Assert.NotSame(pair.First, pair.Second));

        SeriesKey[] Keys()
        {
            using RemoteWriteContent content = new RemoteWriteReader(new ShardMap(1), cache, 1000, long.MaxValue).ReadFirst(message);
            using SampleBatch batch = content.TakeBatches().Single();
            return [.. batch.Series];
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(16)]
    public void Series_whose_labels_never_come_again_do_not_fill_the_memory_and_all_are_told_right(int limit)
    {
        // Each request brings 32 series with a pair of their own; pairs are kept of at most four times as many as series.
        var cache = new SeriesKeyCache(64);
        cache.LimitTo(limit);
        var kept = new List<(SeriesKey Key, Labels Labels)>();
        for (int request = 0; request < 100; request++)
        {
            var message = new ProtoMessage();
            for (int i = 0; i < 32; i++)
            {
                message.Message(1, FirstSeries(("__name__", "up"), ("path", $"/{request}/{i}")).Message(2, Sample(At, 1)));
            }

            using (RemoteWriteContent content = new RemoteWriteReader(new ShardMap(1), cache, 100, long.MaxValue).ReadFirst(message.ToArray()))
            {
                using SampleBatch batch = content.TakeBatches().Single();
                SeriesKey[] keys = [.. batch.Series];
                kept.AddRange(keys.Select((key, i) => (key, Labels.From(("__name__", "up"), ("path", $"/{request}/{i}")))));
            }

            Assert.InRange(cache.PairCount, 1, 4 * (limit + 1));
        }

        // What the cache has let go tells its labels all the same.
        Assert.All(kept, static one => Assert.Equal(one.Labels, one.Key.Labels));
    }

    [Fact]
    public async Task Requests_side_by_side_find_one_key_for_each_series_and_nobody_elses()
    {
        var cache = new SeriesKeyCache(100_000);
        byte[] message = Enumerable.Range(0, 2000)
            .Aggregate(new ProtoMessage(), static (message, i) => message.Message(1, FirstSeries(("__name__", $"m{i % 7}"), ("i", $"{i}")).Message(2, Sample(At, i)))).ToArray();
        SeriesKey[][] all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            SeriesKey[] keys = [];
            for (int round = 0; round < 5; round++)
            {
                using RemoteWriteContent content = new RemoteWriteReader(new ShardMap(1), cache, 5000, long.MaxValue).ReadFirst(message);
                using SampleBatch batch = content.TakeBatches().Single();
                keys = [.. batch.Series];
            }

            return keys;
        })));
        Assert.All(all, keys => Assert.All(keys.Select(static (key, i) => (key, i)), static one => Assert.Equal(Labels.From(("__name__", $"m{one.i % 7}"), ("i", $"{one.i}")), one.key.Labels)));
    }

    [Fact]
    public void Texts_that_come_again_are_one_object_and_what_is_no_UTF8_is_refused()
    {
        var texts = new LabelTexts();
        Assert.Equal("", texts.Of([]));
        Assert.Same(texts.Of("host-1:9100"u8), texts.Of("host-1:9100"u8));
        Assert.Equal("münchen", texts.Of("münchen"u8));
        Assert.Equal("münchen", texts.Of("münchen"u8));
        string long1 = new('x', 5000);
        Assert.Equal(long1, texts.Of(Encoding.UTF8.GetBytes(long1)));
        for (int i = 0; i < 20_000; i++)
        {
            // More than there are places: each is told right whoever had its place before.
            string text = $"value {i % 7000}";
            Assert.Equal(text, texts.Of(Encoding.UTF8.GetBytes(text)));
        }

        Assert.Throws<DecoderFallbackException>(() => texts.Of([0x61, 0xff]));
    }

    [Fact]
    public void Once_a_series_is_stored_its_key_keeps_no_labels_but_tells_them()
    {
        byte[] message = First(FirstSeries(("__name__", "up"), ("job", "ü")).Message(2, Sample(At, 1))).ToArray();
        Labels labels = Labels.From(("__name__", "up"), ("job", "ü"));
        SeriesKey key;
        using (RemoteWriteContent content = new RemoteWriteReader(new ShardMap(1), _cache, 10, long.MaxValue).ReadFirst(message))
        {
            using SampleBatch batch = content.TakeBatches().Single();
            key = batch.Series[0];
            Assert.Same(key.Labels, key.Labels);
        }

        Assert.Equal(labels, key.Labels);
        Assert.NotSame(key.Labels, key.Labels);

        // Whoever asks often is not told anew each time.
        Assert.Same(key.Labels, key.Labels);
        Assert.Equal(labels, key.Labels);
    }

    [Fact]
    public void Labels_may_come_in_any_order_and_behind_the_samples()
    {
        ProtoMessage series = new ProtoMessage().Message(2, Sample(At, 1))
            .Message(1, new ProtoMessage().Text(2, "x").Text(1, "job")).Message(1, new ProtoMessage().Text(1, "__name__").Text(2, "up"));
        Assert.Equal(Labels.From(("__name__", "up"), ("job", "x")), Read(First(series).ToArray()).Single().Key.Labels);
    }

    [Fact]
    public void Floats_and_histograms_of_one_series_stay_in_the_order_of_the_request()
    {
        ProtoMessage Histogram(long at) => new ProtoMessage().Varint(1, 2).Varint(6, 2).Varint(15, at);
        ProtoMessage request = new ProtoMessage()
            .Message(1, FirstSeries(("__name__", "h")).Message(4, Histogram(At)))
            .Message(1, FirstSeries(("__name__", "h")).Message(2, Sample(At + 1, 7)))
            .Message(1, FirstSeries(("__name__", "h")).Message(4, Histogram(At + 2)));
        Assert.Equal([(At, true), (At + 1, false), (At + 2, true)], Read(request.ToArray()).Select(row => (row.Time, row.Histogram is not null)));
    }

    [Fact]
    public void Lists_that_are_not_packed_read_like_packed_ones()
    {
        ProtoMessage Histogram() => new ProtoMessage().Varint(1, 3).ZigZag(4, 0).Message(11, new ProtoMessage().Varint(2, 2)).Varint(15, At);
        ProtoMessage packed = First(FirstSeries(("__name__", "h")).Message(4, Histogram().PackedZigZag(12, 1, 1)));
        ProtoMessage loose = First(FirstSeries(("__name__", "h")).Message(4, Histogram().ZigZag(12, 1).ZigZag(12, 1)));
        Assert.Equal([1.0, 2.0], Read(packed.ToArray()).Single().Histogram!.PositiveBuckets);
        Assert.Equal(Read(packed.ToArray()).Single().Histogram, Read(loose.ToArray()).Single().Histogram);
    }

    [Fact]
    public void A_finer_schema_than_is_stored_is_merged_into_the_finest_that_is()
    {
        ProtoMessage fine = new ProtoMessage().Varint(1, 3).ZigZag(4, 9).Message(11, new ProtoMessage().ZigZag(1, 1).Varint(2, 2)).PackedZigZag(12, 1, 1).Varint(15, At);
        NativeHistogram read = Read(First(FirstSeries(("__name__", "h")).Message(4, fine)).ToArray()).Single().Histogram!;
        Assert.Equal((8, 3.0), (read.Schema, read.PositiveBuckets.Sum()));
    }

    [Fact]
    public void A_histogram_that_contradicts_itself_is_left_out_and_the_rest_is_kept()
    {
        ProtoMessage Histogram(long count, double sum) =>
            new ProtoMessage().Varint(1, count).Double(3, sum).Message(11, new ProtoMessage().Varint(2, 1)).PackedZigZag(12, 2).Varint(15, At);
        RemoteWriteContent content = Content(First(FirstSeries(("__name__", "h")).Message(4, Histogram(3, 1)).Message(4, Histogram(2, 1))).ToArray());
        Assert.Equal((1, 1), (content.InvalidCount, content.RowCount));
        Assert.Equal(
            "2 observations found in buckets, but the Count field is 3: histogram's observation count should equal the number of observations found in the buckets (in absence of NaN) for series {__name__=\"h\"}",
            content.FirstFault);

        // Observations of NaN are in no bucket.
        Assert.Equal(0, Content(First(FirstSeries(("__name__", "h")).Message(4, Histogram(3, double.NaN))).ToArray()).InvalidCount);
        Assert.Equal(1, Content(First(FirstSeries(("__name__", "h")).Message(4, Histogram(1, double.NaN))).ToArray()).InvalidCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_prefix_and_every_mutation_of_a_message_is_read_or_refused(bool second)
    {
        byte[][] messages = [.. second ? Seconds() : Firsts()];
        var random = new Random(5);
        foreach (byte[] message in messages)
        {
            for (int length = 0; length <= message.Length; length++)
            {
                TryRead(message[..length], second);
            }

            for (int round = 0; round < 3000; round++)
            {
                byte[] mutated = [.. message];
                for (int changes = random.Next(1, 5); changes > 0; changes--)
                {
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                }

                TryRead(mutated, second);
            }
        }
    }

    [Fact]
    public void Reading_series_that_are_known_allocates_nothing_for_each()
    {
        byte[] Message(int series)
        {
            var request = new SecondRequest();
            for (int i = 0; i < series; i++)
            {
                request.Series(("__name__", "m"), ("i", i.ToString(System.Globalization.CultureInfo.InvariantCulture)))
                    .Message(2, Sample(At, i)).Message(5, request.Metadata(1, "Help.", string.Empty));
            }

            return request.ToArray();
        }

        long Cost(byte[] message)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Reader().ReadSecond(message).Dispose();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        byte[] few = Message(10);
        byte[] many = Message(250);
        Cost(many);
        Cost(few);

        // The table of symbols grows with the request: 8 bytes a symbol, doubled as lists do.
        const int TableBytesMax = 2 * 2 * 8 * 512;
        Assert.InRange(Cost(many) - Cost(few), long.MinValue, TableBytesMax);
    }

    [Fact]
    public void A_series_of_1_0_may_hold_an_exemplar_alone_as_Prometheus_sends_them()
    {
        ProtoMessage exemplar = new ProtoMessage().Message(1, new ProtoMessage().Text(1, "trace_id").Text(2, "abc")).Double(2, 0.5).Varint(3, At);
        using RemoteWriteContent content = Content(First(FirstSeries(("__name__", "c_total")).Message(3, exemplar)).ToArray());
        Assert.Equal((0, 1, 0), (content.RowCount, content.ExemplarCount, content.InvalidCount));
        using SampleBatch batch = content.TakeBatches().Single();
        (SeriesKey series, Exemplar read) = batch.Exemplars.Single();
        Assert.Equal("c_total", series.Labels.MetricName);
        Assert.Equal(new Exemplar(Labels.From(("trace_id", "abc")), 0.5, new Timestamp(At)), read);
    }

    [Fact]
    public void An_exemplar_with_broken_references_is_said_and_the_sample_is_kept()
    {
        var request = new SecondRequest();
        request.Series(("__name__", "c_total")).Message(2, Sample(At, 1)).Message(4, new ProtoMessage().Packed(1, 1, 99).Double(2, 1));
        using RemoteWriteContent content = Reader().ReadSecond(request.ToArray());
        Assert.Equal((1, 0, 1), (content.RowCount, content.ExemplarCount, content.InvalidCount));
        Assert.Equal("parsing exemplar for series {__name__=\"c_total\"}: labelRefs 1 (value) = 99 outside of symbols table (size 3)", content.FirstFault);
    }

    [Fact]
    public void Metadata_is_told_when_it_is_new_and_when_it_changes()
    {
        byte[] Message(string help)
        {
            var request = new SecondRequest();
            request.Series(("__name__", "rpc_seconds_sum")).Message(2, Sample(At, 1)).Message(5, request.Metadata(5, help, "seconds"));
            return request.ToArray();
        }

        Assert.Equal([new("rpc_seconds", new MetricMetadata(MetricType.Summary, "One.", "seconds"))], Reader().ReadSecond(Message("One.")).Metadata);
        Assert.Empty(Reader().ReadSecond(Message("One.")).Metadata);
        Assert.Equal("Two.", Reader().ReadSecond(Message("Two.")).Metadata.Single().Value.Help);
    }

    private static IEnumerable<byte[]> Firsts()
    {
        yield return First(FirstSeries(("__name__", "up"), ("job", "x")).Message(2, Sample(At, 1))
            .Message(3, new ProtoMessage().Message(1, new ProtoMessage().Text(1, "trace_id").Text(2, "a")).Double(2, 1).Varint(3, At))
            .Message(4, new ProtoMessage().Varint(1, 3).ZigZag(4, 0).Message(11, new ProtoMessage().Varint(2, 2)).PackedZigZag(12, 1, 1).Varint(15, At)))
            .Message(3, new ProtoMessage().Varint(1, 1).Text(2, "up").Text(4, "Help.")).ToArray();
        foreach (byte[] payload in Payloads("rw1-*.pb"))
        {
            yield return payload;
        }
    }

    private static IEnumerable<byte[]> Seconds()
    {
        var request = new SecondRequest();
        request.Series(("__name__", "up"), ("job", "x")).Message(2, Sample(At, 1, At - 5)).Message(5, request.Metadata(1, "Help.", "s"))
            .Message(4, new ProtoMessage().Packed(1, request.References(("trace_id", "a"))).Double(2, 1).Varint(3, At));
        yield return request.ToArray();
        foreach (byte[] payload in Payloads("rw2-*.pb"))
        {
            yield return payload;
        }
    }

    private static IEnumerable<byte[]> Payloads(string pattern) => ConformanceData.Directory is null
        ? []
        : Directory.GetFiles(ConformanceData.PathOf("remote-write/payloads"), pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    private RemoteWriteReader Reader() => new(new ShardMap(4), _cache, seriesMax: 1000, latestMs: long.MaxValue);

    private RemoteWriteContent Content(byte[] message) => Reader().ReadFirst(message);

    private void TryRead(byte[] message, bool second)
    {
        try
        {
            using RemoteWriteContent content = second ? Reader().ReadSecond(message) : Reader().ReadFirst(message);
        }
        catch (PageSyntaxException)
        {
            // Refused, with a reason.
        }
    }

    private List<(SeriesKey Key, long Time, NativeHistogram? Histogram)> Read(byte[] message)
    {
        using RemoteWriteContent content = Content(message);
        Assert.Null(content.FirstFault);
        var rows = new List<(SeriesKey, long, NativeHistogram?)>();
        foreach (SampleBatch batch in content.TakeBatches())
        {
            for (int i = 0; i < batch.Count; i++)
            {
                rows.Add((batch.Series[i], batch.Times[i], batch.Histograms.IsEmpty ? null : batch.Histograms[i]));
            }

            batch.Dispose();
        }

        return rows;
    }
}
