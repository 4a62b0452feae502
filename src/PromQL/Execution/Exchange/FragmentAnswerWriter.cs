using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Writes the answer of a shard as a sequence of messages: one a series, and a last one with everything else there is to say.</summary>
/// <param name="answer">Of one shard.</param>
/// <param name="symbols">Of the sequence, which may hold the answers of several shards.</param>
public sealed class FragmentAnswerWriter(FragmentAnswer answer, LabelSymbolsWriter symbols)
{
    private int _next;

    /// <summary>Writes the next message.</summary>
    /// <returns>False when that was the last one.</returns>
    public bool Write(MessageWriter into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (_next < answer.Rows.Count)
        {
            int row = into.Begin(1);
            Row(into, _next++);
            into.End(row);
            return true;
        }

        int summary = into.Begin(2);
        into.Number(1, (ulong)answer.Context.Counts.Total);
        into.Number(2, (ulong)answer.Context.SeriesRead);
        into.Number(3, (ulong)answer.Time.Ticks);
        int annotations = into.Begin(4);
        answer.Context.Annotations.Write(into);
        into.End(annotations);
        int joins = into.Begin(5);
        answer.Context.Joins.Write(into);
        into.End(joins);
        into.Number(6, (ulong)answer.Context.SamplesRead);
        into.Column(7, answer.Context.Counts.Each);
        into.End(summary);
        return false;
    }

    private void Row(MessageWriter into, int index)
    {
        (Labels labels, NameFate name, int count, int further) = answer.Rows.Packed(
            index, out ReadOnlySpan<ulong> present, out ReadOnlySpan<double> values, out ReadOnlySpan<NativeHistogram?> histograms);
        symbols.Write(into, 1, 2, labels);
        into.Number(3, (ulong)name);
        into.Number(4, (ulong)count);
        into.Number(5, (ulong)further);
        into.Column(6, present);
        into.Column(7, values);
        foreach (NativeHistogram? histogram in histograms)
        {
            HistogramMessage.Write(into, 8, histogram);
        }
    }
}
