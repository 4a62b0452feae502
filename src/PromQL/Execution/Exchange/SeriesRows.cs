using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Series that outlive the operator that yielded them, in little memory: only the steps that have a sample.</summary>
internal sealed class SeriesRows(Steps steps)
{
    private readonly PiecedList<Row> _rows = new();
    private readonly ColumnArena<double> _values = new();
    private readonly ColumnArena<ulong> _present = new();
    private readonly ColumnArena<NativeHistogram?> _histograms = new();

    /// <summary>Series.</summary>
    public int Count => _rows.Count;

    /// <summary>What limits count the values of all columns as: one each, a native histogram more.</summary>
    public long Weight { get; private set; }

    /// <summary>About what it takes to keep or send them.</summary>
    public long Bytes => (8 * Weight) + (32L * _rows.Count);

    /// <summary>Adds a copy of a series.</summary>
    /// <returns>What limits count it as.</returns>
    public long Add(SeriesBlock series)
    {
        int count = StepBits.Count(series.Present);
        bool isDense = count == steps.Count;
        long present = 0;
        if (!isDense)
        {
            present = _present.Add(steps.Words, out Span<ulong> bits);
            series.Present.CopyTo(bits);
        }

        int columns = 1 + series.FurtherColumns;
        long values = _values.Add(count * columns, out Span<double> into);
        for (int column = 0; column < columns; column++)
        {
            Pack(column == 0 ? series.Values : series.Further(column - 1), series.Present, isDense, into.Slice(column * count, count));
        }

        long histograms = -1;
        if (series.HasHistograms)
        {
            histograms = _histograms.Add(count, out Span<NativeHistogram?> kept);
            Pack(series.Histograms, series.Present, isDense, kept);
        }

        _rows.Add(new Row(series.Labels, series.Name, count, columns - 1, present, values, histograms));
        long weight = (long)count * columns;
        weight += series.HasHistograms ? series.Weight - count : 0;
        Weight += weight;
        return weight;
    }

    /// <summary>Reads a series back.</summary>
    /// <param name="index">In the order they were added.</param>
    /// <param name="into">Of as many steps.</param>
    public void Read(int index, SeriesBlock into)
    {
        Row row = _rows[index];
        into.Clear();
        into.Labels = row.Labels;
        into.Name = row.Name;
        bool isDense = row.Count == steps.Count;
        if (isDense)
        {
            into.FillPresent();
        }
        else
        {
            _present.Read(row.Present, steps.Words).CopyTo(into.Present);
        }

        into.WantFurther(row.Further);
        ReadOnlySpan<double> values = _values.Read(row.Values, row.Count * (1 + row.Further));
        for (int column = 0; column <= row.Further; column++)
        {
            Unpack(values.Slice(column * row.Count, row.Count), into.Present, isDense, column == 0 ? into.Values : into.Further(column - 1));
        }

        if (row.Histograms >= 0)
        {
            into.WantHistograms();
            Unpack(_histograms.Read(row.Histograms, row.Count), into.Present, isDense, into.Histograms);
        }
    }

    /// <summary>A series as it is kept: of each column only the steps that have a sample.</summary>
    /// <param name="index">In the order they were added.</param>
    /// <param name="present">Empty where each step has a sample.</param>
    /// <param name="values">The columns one behind the other.</param>
    /// <param name="histograms">Empty where there are none.</param>
    /// <returns>Labels, what becomes of the name, samples, and columns beside the values.</returns>
    public (Labels Labels, NameFate Name, int Count, int Further) Packed(
        int index, out ReadOnlySpan<ulong> present, out ReadOnlySpan<double> values, out ReadOnlySpan<NativeHistogram?> histograms)
    {
        Row row = _rows[index];
        present = row.Count == steps.Count ? [] : _present.Read(row.Present, steps.Words);
        values = _values.Read(row.Values, row.Count * (1 + row.Further));
        histograms = row.Histograms >= 0 ? _histograms.Read(row.Histograms, row.Count) : [];
        return (row.Labels, row.Name, row.Count, row.Further);
    }

    /// <summary>Adds a series in the form that <see cref="Packed"/> gives; whoever calls has checked that its parts belong together.</summary>
    public void AddPacked(
        Labels labels, NameFate name, int count, int further, ReadOnlySpan<ulong> present, ReadOnlySpan<double> values,
        ReadOnlySpan<NativeHistogram?> histograms)
    {
        long presentAt = 0;
        if (count != steps.Count)
        {
            presentAt = _present.Add(steps.Words, out Span<ulong> bits);
            present.CopyTo(bits);
        }

        long valuesAt = _values.Add(values.Length, out Span<double> into);
        values.CopyTo(into);
        long histogramsAt = -1;
        if (!histograms.IsEmpty)
        {
            histogramsAt = _histograms.Add(count, out Span<NativeHistogram?> kept);
            histograms.CopyTo(kept);
        }

        _rows.Add(new Row(labels, name, count, further, presentAt, valuesAt, histogramsAt));
        Weight += WeightOf(values, histograms);
    }

    /// <summary>What limits count columns as.</summary>
    public static long WeightOf(ReadOnlySpan<double> values, ReadOnlySpan<NativeHistogram?> histograms)
    {
        long weight = values.Length;
        foreach (NativeHistogram? histogram in histograms)
        {
            weight += histogram is null ? 0 : histogram.SampleWeight - 1;
        }

        return weight;
    }

    private static void Pack<T>(ReadOnlySpan<T> column, ReadOnlySpan<ulong> present, bool isDense, Span<T> into)
    {
        if (isDense)
        {
            column.CopyTo(into);
            return;
        }

        int at = 0;
        foreach (int step in StepBits.Each(present))
        {
            into[at++] = column[step];
        }
    }

    private static void Unpack<T>(ReadOnlySpan<T> packed, ReadOnlySpan<ulong> present, bool isDense, Span<T> into)
    {
        if (isDense)
        {
            packed.CopyTo(into);
            return;
        }

        int at = 0;
        foreach (int step in StepBits.Each(present))
        {
            into[step] = packed[at++];
        }
    }

    private readonly record struct Row(Labels Labels, NameFate Name, int Count, int Further, long Present, long Values, long Histograms);
}
