using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>A series with its samples, as columns.</summary>
internal static class SeriesMessage
{
    /// <summary>Writes it as a record.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="symbols">Of the stream.</param>
    /// <param name="labels">What names it.</param>
    /// <param name="samples">Its samples.</param>
    /// <param name="rollups">Its rollups and what was asked of them; null where samples alone answer.</param>
    public static void Write(
        MessageWriter into, LabelSymbolsWriter symbols, Labels labels, SampleColumns samples, (RollupColumns Buckets, RollupRequest Request)? rollups = null)
    {
        int mark = into.Begin((int)RecordKind.Series);
        symbols.Write(into, 1, 2, labels);
        into.Column(3, samples.Times);
        into.Column(4, samples.Values);
        foreach (NativeHistogram? histogram in samples.Histograms)
        {
            HistogramMessage.Write(into, 5, histogram);
        }

        into.Column(6, samples.StartTimes);
        if (rollups is { } rolledUp)
        {
            RollupMessage.Write(into, 7, rolledUp.Buckets, rolledUp.Request);
        }

        into.End(mark);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static FetchedSeries Read(ReadOnlySpan<byte> message, LabelSymbolsReader symbols, List<int> refs)
    {
        long[] times = [];
        double[] values = [];
        long[] startTimes = [];
        List<NativeHistogram?>? histograms = null;
        FetchedRollups? rollups = null;
        refs.Clear();
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    symbols.Add(reader.Text());
                    break;
                case 2:
                    reader.Numbers(refs);
                    break;
                case 3:
                    times = reader.Column<long>();
                    break;
                case 4:
                    values = reader.Column<double>();
                    break;
                case 5:
                    (histograms ??= []).Add(HistogramMessage.Read(reader.Bytes()));
                    break;
                case 6:
                    startTimes = reader.Column<long>();
                    break;
                case 7:
                    rollups = RollupMessage.ReadBuckets(reader.Bytes());
                    break;
            }
        }

        for (int i = 1; i < times.Length; i++)
        {
            if (times[i] <= times[i - 1])
            {
                throw new WireFormatException("samples that are not in order of time");
            }
        }

        return values.Length == times.Length && (histograms is null || histograms.Count == times.Length) && (startTimes.Length == 0 || startTimes.Length == times.Length)
            ? new FetchedSeries(symbols.Read(refs), times, values, histograms, startTimes) { Rollups = rollups }
            : throw new WireFormatException("a series whose columns do not belong together");
    }
}

/// <summary>A series that another node has sent.</summary>
/// <param name="Labels">What names it.</param>
/// <param name="Times">Ascending.</param>
/// <param name="Values">As many.</param>
/// <param name="Histograms">As many, or null where there is none.</param>
/// <param name="StartTimes">As many, or empty.</param>
internal sealed record FetchedSeries(Labels Labels, long[] Times, double[] Values, List<NativeHistogram?>? Histograms, long[] StartTimes)
{
    /// <summary>Its rollups; null where the samples alone answer.</summary>
    public FetchedRollups? Rollups { get; init; }

    /// <summary>Appends its samples.</summary>
    public void Read(SampleColumns into)
    {
        if (Histograms is null && StartTimes.Length == 0)
        {
            into.Reserve(Times.Length, out Span<long> times, out Span<double> values);
            Times.CopyTo(times);
            Values.CopyTo(values);
            into.Advance(Times.Length);
            return;
        }

        for (int i = 0; i < Times.Length; i++)
        {
            if (Histograms?[i] is { } histogram)
            {
                into.Add(Times[i], histogram);
            }
            else
            {
                into.Add(Times[i], Values[i]);
            }

            if (StartTimes.Length > 0 && StartTimes[i] != 0)
            {
                into.SetStartTime(StartTimes[i]);
            }
        }
    }
}

/// <summary>Walks series that were fetched, and behind them those of this node.</summary>
internal sealed class FetchedCursor(IReadOnlyList<FetchedSeries> fetched, SeriesCursor here) : SeriesCursor
{
    private int _at = -1;

    public override Labels Labels => _at < fetched.Count ? fetched[_at].Labels : here.Labels;

    public override bool MoveNext() => (_at < fetched.Count && ++_at < fetched.Count) || here.MoveNext();

    public override void Read(SampleColumns into)
    {
        if (_at < fetched.Count)
        {
            fetched[_at].Read(into);
        }
        else
        {
            here.Read(into);
        }
    }

    public override bool TryReadRollups(RollupColumns into)
    {
        if (_at >= fetched.Count)
        {
            return here.TryReadRollups(into);
        }

        into.Clear();
        fetched[_at].Rollups?.Read(into);
        return fetched[_at].Rollups is not null;
    }

    protected override void Dispose(bool disposing) => here.Dispose();
}
