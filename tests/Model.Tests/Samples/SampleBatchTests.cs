namespace Pleiad.Model.Tests;

public sealed class SampleBatchTests
{
    private static readonly SeriesKey s_key = new(Labels.From(("a", "1")));
    private static readonly NativeHistogram s_histogram = new() { Count = 1, Sum = 2 };

    [Fact]
    public void Rows_of_every_kind_survive_growing()
    {
        using var batch = new SampleBatch(new ShardId(3), rows: 1);
        for (int i = 0; i < 5000; i++)
        {
            if (i % 3 == 0 && i > 100)
            {
                batch.Add(s_key, i, s_histogram);
            }
            else
            {
                batch.Add(s_key, i, i * 0.5);
            }

            if (i % 7 == 0)
            {
                batch.SetStartTime(i + 1);
            }
        }

        Assert.Equal(5000, batch.Count);
        for (int i = 0; i < 5000; i++)
        {
            bool histogram = i % 3 == 0 && i > 100;
            Assert.Equal(i, batch.Times[i]);
            Assert.Equal(histogram ? 0 : i * 0.5, batch.Values[i]);
            Assert.Same(s_key, batch.Series[i]);
            Assert.Equal(histogram ? s_histogram : null, batch.Histograms[i]);
            Assert.Equal(i % 7 == 0 ? i + 1 : 0, batch.StartTimes[i]);
        }
    }

    [Fact]
    public void Columns_that_nobody_used_are_empty()
    {
        using var batch = new SampleBatch(new ShardId(0));
        batch.Add(s_key, 1, StaleMarker.Value);
        Assert.False(batch.HasHistograms);
        Assert.True(batch.Histograms.IsEmpty);
        Assert.True(batch.StartTimes.IsEmpty);
        Assert.Empty(batch.Exemplars);
        Assert.True(StaleMarker.Is(batch.Values[0]));
    }

    [Fact]
    public void Exemplars_belong_to_the_series_of_the_row_added_last_or_to_one_without_a_row()
    {
        using var batch = new SampleBatch(new ShardId(0));
        var exemplar = new Exemplar(Labels.From(("trace_id", "x")), 1, null);
        Assert.Throws<InvalidOperationException>(() => batch.AddExemplar(exemplar));
        Assert.Throws<InvalidOperationException>(() => batch.SetStartTime(5));
        batch.Add(s_key, 1, 1);
        batch.Add(s_key, 2, 2);
        batch.AddExemplar(exemplar);
        var other = new SeriesKey(Labels.From(("__name__", "other")));
        batch.AddExemplar(other, exemplar);
        Assert.Equal([(s_key, exemplar), (other, exemplar)], batch.Exemplars);
        Assert.Equal(2, batch.Count);
    }

    [Fact]
    public void After_handing_over_only_the_new_owner_has_the_rows()
    {
        var first = new SampleBatch(new ShardId(1));
        first.Add(s_key, 1, 5);
        first.AddExemplar(new Exemplar(Labels.Empty, 1, new Timestamp(7)));
        SampleBatch second = first.HandOver();
        Assert.Equal(0, first.Count);
        Assert.Throws<ObjectDisposedException>(() => first.Add(s_key, 2, 6));
        Assert.Throws<ObjectDisposedException>(() => first.SetStartTime(1));
        Assert.Throws<ObjectDisposedException>(() => first.Times.Length);
        Assert.Throws<ObjectDisposedException>(first.HandOver);
        first.Dispose();
        Assert.Equal(5, second.Values[0]);
        Assert.Single(second.Exemplars);
        Assert.Equal(new ShardId(1), second.Shard);
        second.Dispose();
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.Add(s_key, 1, 1));
    }
}
