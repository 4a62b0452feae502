using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>What becomes of each row of a batch, decided before the log has it.</content>
public sealed partial class Shard
{
    private AppendCounts PrepareRows(SampleBatch batch)
    {
        ReadOnlySpan<SeriesKey> keys = batch.Series;
        ReadOnlySpan<long> times = batch.Times;
        ReadOnlySpan<double> values = batch.Values;
        ReadOnlySpan<NativeHistogram?> histograms = batch.Histograms;
        ReadOnlySpan<long> starts = batch.StartTimes;
        int accepted = 0;
        int duplicates = 0;
        int tooOld = 0;
        int conflicting = 0;
        int invalid = 0;
        int histogramsTaken = 0;
        int lateTaken = 0;
        Span<int> refused = stackalloc int[VerdictsEnd];
        refused.Clear();
        bool tracks = TracksRows;
        _knowsRowsUnderWay = false;
        for (int row = 0; row < keys.Length; row++)
        {
            if (row + Ahead.Rows < keys.Length)
            {
                Ahead.Fetch(keys[row + Ahead.Rows]);
            }

            long time = times[row];
            if (time < AcceptFrom || time == long.MinValue)
            {
                tooOld++;
                continue;
            }

            ulong bits = BitConverter.DoubleToUInt64Bits(values[row]);
            ReadOnlySpan<byte> histogram = [];
            if (!histograms.IsEmpty && histograms[row] is { } native)
            {
                if (!TryEncode(native, out histogram))
                {
                    invalid++;
                    continue;
                }

                bits = XxHash64.Of(histogram);
            }

            SeriesKey key = keys[row];
            int number = ReferenceEquals(key.Owner, _term) && _table[key.Slot].Generation == key.Generation && _table[key.Slot].InUse
                ? key.Slot
                : Resolve(key, time, bits);
            if (number >= 0)
            {
                long newest = _table[number].PreparedTime;
                if (newest == SeriesSlot.NoTime)
                {
                    // Made for a batch that the log refused, or for late samples.
                    number = FirstOrBehind(number, key.Labels, time, bits);
                }
                else if (time <= newest && (time < newest || IsDeleted(number, time)))
                {
                    number = Behind;
                }
            }

            bool isTwin = false;
            bool isLate = number == Behind;
            if (isLate)
            {
                number = PrepareLate(key, time, bits, out isTwin);
            }

            if (number < 0)
            {
                refused[-number]++;
                continue;
            }

            ref SeriesSlot slot = ref _table.Held(number);
            if (isLate)
            {
                accepted += isTwin ? 0 : 1;
                lateTaken += isTwin ? 0 : 1;
                duplicates += isTwin ? 1 : 0;
                histogramsTaken += histogram.IsEmpty ? 0 : 1;
            }
            else if (time <= slot.PreparedTime)
            {
                if (bits != slot.PreparedBits)
                {
                    conflicting++;
                    continue;
                }

                duplicates++;
                histogramsTaken += histogram.IsEmpty ? 0 : 1;
                if (slot.Tail.Time == time)
                {
                    continue;
                }

                // Its twin is not durable yet and may still fail: this one is logged too, and dropped when it is applied.
                NoteTwin(number);
            }
            else
            {
                accepted++;
                histogramsTaken += histogram.IsEmpty ? 0 : 1;
            }

            if (slot.Defined < BatchRecord.DefinitionsMax)
            {
                Define(number, ref slot);
            }

            _writer.Add(number, time, bits, starts.IsEmpty ? 0 : starts[row], histogram);
            NoteRow(number, time, bits);
            if (tracks)
            {
                _tracked.Add(row);
            }

            if (isLate)
            {
                _writer.MarkLate();
                NoteLate(number);
                continue;
            }

            slot.PreparedTime = time;
            slot.PreparedBits = bits;
        }

        return new AppendCounts(
            accepted,
            duplicates + refused[-Twin],
            refused[-Behind] + refused[-LateLimit],
            tooOld,
            conflicting + refused[-Conflict],
            refused[-OverLimit] + refused[-NoMemory] + refused[-OverNode] + refused[-OverTarget] + refused[-OverMetric],
            invalid + refused[-NotValid])
        {
            Histograms = histogramsTaken,
            Late = lateTaken,
            BeyondWindow = refused[-BeyondWindow],
            LateOverLimit = refused[-LateLimit],
            ShortOfMemory = refused[-NoMemory],
            OverNode = refused[-OverNode],
            OverTarget = refused[-OverTarget],
            OverMetric = refused[-OverMetric],
        };
    }

    private const int OverLimit = -1;
    private const int NotValid = -2;

    private int Resolve(SeriesKey key, long time, ulong bits)
    {
        // Asked once: a key may have to make them.
        Labels labels = key.Labels;
        int number = _table.Find(labels);
        if (number < 0)
        {
            int verdict = InBlocks(labels, time, bits);
            if (verdict < 0)
            {
                return verdict;
            }

            number = AddSeries(labels);
            if (number < 0)
            {
                return number;
            }
        }

        key.Owner = _term;
        key.Slot = number;
        key.Generation = _table[number].Generation;
        return number;
    }

    // What the log could not give back as it was must not get in.
    internal static bool IsStorable(Labels labels)
    {
        if (labels.Count > BatchRecord.LabelsMax)
        {
            return false;
        }

        foreach (Label label in labels)
        {
            if (!LabelName.IsValid(label.Name) || !LabelName.IsValid(label.Value)
                || label.Name.Length > BatchRecord.TextBytesMax / 3 || label.Value.Length > BatchRecord.TextBytesMax / 3)
            {
                return false;
            }
        }

        return true;
    }

    private void Define(int number, ref SeriesSlot slot)
    {
        // Once a batch: two rows of a new series need one definition.
        if (slot.Defined == 0 || slot.DefinedIn != (int)NextSeq)
        {
            slot.Defined++;
            slot.DefinedIn = (int)NextSeq;
            _writer.Define(number);
        }
    }

    private bool TryEncode(NativeHistogram histogram, out ReadOnlySpan<byte> bytes)
    {
        bytes = [];
        if (!HistogramCodec.IsStorable(histogram))
        {
            return false;
        }

        _histogram.Clear(BatchRecord.HistogramBytesMax);
        HistogramCodec.Write(_histogram, histogram);
        bytes = _histogram.Written;
        return bytes.Length <= BatchRecord.HistogramBytesMax;
    }
}
