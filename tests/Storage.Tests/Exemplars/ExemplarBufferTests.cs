using Pleiad.Model;

namespace Pleiad.Storage.Tests;

public sealed class ExemplarBufferTests
{
    private static readonly Labels s_a = Labels.From(("__name__", "a"));
    private static readonly Labels s_b = Labels.From(("__name__", "b"));

    [Fact]
    public void A_full_buffer_forgets_the_oldest_whatever_series_it_is_of()
    {
        var buffer = new ExemplarBuffer(3);
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(s_a, At(1)));
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(s_b, At(1)));
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(s_a, At(2)));
        Assert.Equal(3, buffer.Count);
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(s_a, At(3)));
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(s_a, At(4)));
        Assert.Equal(["a 2", "a 3", "a 4"], Text(buffer));

        // Nothing of b is left, so that b has no newest to be compared with.
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(s_b, At(1)));
        Assert.Equal(["a 3", "a 4", "b 1"], Text(buffer));
    }

    [Fact]
    public void What_a_target_repeats_is_stored_once()
    {
        var buffer = new ExemplarBuffer(10);
        buffer.Add(s_a, At(5));
        Assert.Equal(ExemplarOutcome.Duplicate, buffer.Add(s_a, At(5)));
        Assert.Equal(ExemplarOutcome.OutOfOrder, buffer.Add(s_a, At(4)));
        Assert.Equal(ExemplarOutcome.OutOfOrder, buffer.Add(s_a, At(5, value: 0.5)));
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(s_a, At(5, value: 2)));
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(s_b, At(4)));
        Assert.Equal(["a 5", "a 5", "b 4"], Text(buffer));
    }

    [Fact]
    public void Labels_may_have_128_characters_and_not_one_more()
    {
        var buffer = new ExemplarBuffer(10);
        string longest = string.Concat(Enumerable.Repeat("🍲", ExemplarBuffer.LabelRunesMax - 2));
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(s_a, At(1) with { Labels = Labels.From(("id", longest)) }));
        Assert.Equal(ExemplarOutcome.TooLong, buffer.Add(s_a, At(2) with { Labels = Labels.From(("id", longest + "x")) }));
    }

    [Fact]
    public void Without_room_nothing_is_kept()
    {
        var buffer = new ExemplarBuffer(0);
        Assert.Equal(ExemplarOutcome.Off, buffer.Add(s_a, At(1)));
        Assert.Empty(buffer.Copy());
    }

    [Fact]
    public void A_copy_does_not_change_while_the_buffer_goes_on()
    {
        var buffer = new ExemplarBuffer(1);
        buffer.Add(s_a, At(1));
        IReadOnlyList<StoredExemplar> copy = buffer.Copy();
        buffer.Add(s_a, At(2));
        Assert.Equal(1, copy.Single().Exemplar.At!.Value.Milliseconds);
    }

    private static Exemplar At(long time, double value = 1) => new(Labels.From(("trace_id", "x")), value, new Timestamp(time));

    private static IEnumerable<string> Text(ExemplarBuffer buffer) =>
        buffer.Copy().Select(stored => $"{stored.Series.MetricName} {stored.Exemplar.At}");

    [Fact]
    public void What_is_restored_counts_as_if_it_had_come_and_the_newest_stay()
    {
        var buffer = new ExemplarBuffer(2);
        Labels series = Labels.From(("__name__", "restored"));
        StoredExemplar[] saved = [.. Enumerable.Range(1, 3).Select(i => new StoredExemplar(series, new Exemplar(Labels.Empty, i, new Timestamp(i))))];
        buffer.Restore(saved);
        Assert.Equal(saved[1..], buffer.Copy());
        Assert.Equal(0, buffer.Changes);
        Assert.Equal(ExemplarOutcome.OutOfOrder, buffer.Add(series, new Exemplar(Labels.Empty, 9, new Timestamp(2))));
        Assert.Equal(ExemplarOutcome.Stored, buffer.Add(series, new Exemplar(Labels.Empty, 9, new Timestamp(4))));
        Assert.Equal(1, buffer.Changes);
    }
}
