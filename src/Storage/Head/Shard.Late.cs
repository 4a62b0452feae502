using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>
/// Samples older than the newest of their series. Within a window they are taken, kept beside the chunks until the next block, which has
/// them in order, and read between the others. What comes in order costs nothing for it.
/// </content>
public sealed partial class Shard
{
    // Of batches under way: who is late, and what every row says. The latter is known only once somebody asked, within one Prepare.
    private readonly Dictionary<int, int> _lateUnderWay = [];
    private readonly Dictionary<(int Slot, long Time), ulong> _rowsUnderWay = [];
    private bool _knowsRowsUnderWay;
    private readonly Dictionary<int, List<(long Time, LateSample Sample)>> _lateApplied = [];
    private long _lateRowsUnderWay;

    // Of the batch that is being prepared.
    private long _lateWindowMs;

    /// <summary>Samples held that came late and are in no block yet.</summary>
    public long LateCount { get; private set; }

    /// <summary>How much older than the newest sample of the shard a sample may be that comes out of order, in milliseconds; 0: none is taken.</summary>
    public long OutOfOrderWindowMs { get; set; }

    private ImmutableDictionary<int, LateSamples> Late
    {
        get => _parts.Late;
        set => _parts = _parts with { Late = value };
    }

    /// <summary>Decides about a sample that is older than the newest of its series.</summary>
    /// <returns>The slot, made where there is none, or a verdict.</returns>
    /// <param name="key">The series.</param>
    /// <param name="time">Of the sample.</param>
    /// <param name="bits">Of its value, or the hash of the histogram.</param>
    /// <param name="isTwin">The same sample is under way, and this one has to be logged too in case that one fails.</param>
    private int PrepareLate(SeriesKey key, long time, ulong bits, out bool isTwin)
    {
        isTwin = false;
        if (_lateWindowMs <= 0)
        {
            return Behind;
        }

        if (time < Math.Max(NewestTime, Blocks.NewestTime) - _lateWindowMs)
        {
            return BeyondWindow;
        }

        int number = _table.Find(key.Labels);
        if (BitsAt(number, key.Labels, time, out isTwin) is ulong there)
        {
            return there != bits ? Conflict : isTwin ? number : Twin;
        }

        if (number < 0)
        {
            number = AddSeries(key.Labels);
            if (number < 0)
            {
                return number;
            }
        }

        key.Owner = this;
        key.Slot = number;
        key.Generation = _table[number].Generation;
        int held = Late.TryGetValue(number, out LateSamples? late) ? late.Count : 0;
        return held + _lateUnderWay.GetValueOrDefault(number) < _settings.LateSamplesMax
            && LateCount + _lateRowsUnderWay < _settings.LateSamplesOfShardMax ? number : LateLimit;
    }

    // Of a series without a sample in order: whether this one would be the first.
    private int FirstOrBehind(int number, Labels labels, long time, ulong bits) =>
        _lateUnderWay.ContainsKey(number) || (Late.TryGetValue(number, out LateSamples? late) && time <= late.LastTime) ? Behind
        : InBlocks(labels, time, bits) is < 0 and int verdict ? verdict
        : number;

    private bool IsDeleted(int number, long time) => !Deleted.IsEmpty && Deleted.TryGetValue(number, out TimeSpans? spans) && spans.Contains(time);

    private void NoteLate(int number)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_lateUnderWay, number, out _)++;
        _lateRowsUnderWay++;
    }

    private void NoteRow(int number, long time, ulong bits)
    {
        if (_knowsRowsUnderWay)
        {
            _rowsUnderWay.TryAdd((number, time), bits);
        }
    }

    // The value of the sample that a series has at a time, wherever it is; what is deleted is not there.
    private ulong? BitsAt(int number, Labels labels, long time, out bool isUnderWay)
    {
        isUnderWay = false;
        using var columns = new SampleColumns();
        TimeRange at = TimeRange.Closed(time, time);
        if (number >= 0)
        {
            if (RowsUnderWay().TryGetValue((number, time), out ulong bits))
            {
                isUnderWay = true;
                return bits;
            }

            if (Late.TryGetValue(number, out LateSamples? late) && late.Find(time) is { } sample)
            {
                return sample.Bits;
            }

            using ShardView view = View();
            ref readonly SeriesSlot slot = ref _table[number];
            view.Reader.ReadSamples(number, slot, slot.Total, at, columns);
        }

        foreach (Block block in Blocks.Blocks)
        {
            if (columns.Count == 0 && block.MinTime <= time && block.MaxTime >= time)
            {
                BlockedInHead.Find(block, labels, block.DeletedBy(Tombstones, CancellationToken.None))?.Read(at, columns);
            }
        }

        return columns.Count == 0 ? null : BitsOf(columns, 0);
    }

    private Dictionary<(int Slot, long Time), ulong> RowsUnderWay()
    {
        if (!_knowsRowsUnderWay)
        {
            _knowsRowsUnderWay = true;
            _rowsUnderWay.Clear();
            foreach (PreparedBatch batch in _inFlight)
            {
                _reader.Read(batch.Bytes.Written, withDefinitions: false);
                for (int row = 0; row < _reader.Rows; row++)
                {
                    _rowsUnderWay.TryAdd((_reader.Slots[row], _reader.Times[row]), BitsOfRow(row, batch.Bytes.Written));
                }
            }

            _writer.AddRowsTo(_rowsUnderWay);
        }

        return _rowsUnderWay;
    }

    private ulong BitsOfRow(int row, ReadOnlySpan<byte> payload)
    {
        Range histogram = _reader.HasHistograms ? _reader.Histograms[row] : default;
        return histogram.Equals(default) ? _reader.Values[row] : XxHash64.Of(payload[histogram]);
    }

    private void ApplyLate(int number, int row, ReadOnlySpan<byte> payload, long seq, bool live)
    {
        ref SeriesSlot slot = ref _table.Held(number);
        if (slot.CreatedSeq == SeriesSlot.NotYet)
        {
            slot.BeginChange();
            slot.CreatedSeq = seq;
            slot.ChangedSeq = seq;
            slot.EndChange();
            _newSlots.Add(number);
        }

        long time = _reader.Times[row];
        Range histogram = _reader.HasHistograms ? _reader.Histograms[row] : default;
        var sample = new LateSample(
            BitsOfRow(row, payload), _reader.HasStarts ? _reader.Starts[row] : 0, histogram.Equals(default) ? null : payload[histogram].ToArray());
        (CollectionsMarshal.GetValueRefOrAddDefault(_lateApplied, number, out _) ??= []).Add((time, sample));
        NewestTime = Math.Max(NewestTime, time);
        if (live)
        {
            ForgetLateUnderWay(number);
        }
    }

    private void PublishLate()
    {
        if (_lateApplied.Count == 0)
        {
            return;
        }

        ImmutableDictionary<int, LateSamples>.Builder late = Late.ToBuilder();
        foreach ((int number, List<(long Time, LateSample Sample)> added) in _lateApplied)
        {
            LateSamples? before = late.GetValueOrDefault(number);
            LateSamples after = LateSamples.Merge(before, added);
            LateCount += after.Count - (before?.Count ?? 0);
            late[number] = after;
        }

        Late = late.ToImmutable();
        _lateApplied.Clear();
    }

    private void ForgetLateUnderWay(int number)
    {
        _lateRowsUnderWay--;
        ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_lateUnderWay, number);
        if (--count == 0)
        {
            _lateUnderWay.Remove(number);
        }
    }

    private void UndoLate(PreparedBatch doomed)
    {
        if (_lateUnderWay.Count == 0)
        {
            return;
        }

        _reader.Read(doomed.Bytes.Written, withDefinitions: false);
        for (int row = 0; row < _reader.Rows && _reader.HasLate; row++)
        {
            if (_reader.Late[row])
            {
                ForgetLateUnderWay(_reader.Slots[row]);
            }
        }
    }

    private bool HasLate(int number) => Late.ContainsKey(number) || _lateUnderWay.ContainsKey(number);

    // What a block has now that was taken from an earlier view. What was deleted since is deleted of the block too: a sample that is there at
    // such a time was written again afterwards, and no block has it.
    private void ForgetLateOf(ViewParts then, long before)
    {
        Tombstone[] since = [.. Tombstones.Tombstones.Where(tombstone => tombstone.Number > then.Tombstones.LastNumber)];
        foreach ((int number, LateSamples late) in then.Late)
        {
            if (Late.TryGetValue(number, out LateSamples? now))
            {
                Labels labels = _index.LabelsOf(_table.PairsOf(_table[number]));
                Tombstone[] deleted = [.. since.Where(tombstone => tombstone.Matchers.All(matcher => matcher.Matches(labels)))];
                KeepLate(number, now.Where(time =>
                    time >= before || late.Find(time) is null || deleted.Any(tombstone => tombstone.From <= time && time <= tombstone.Through)));
            }
        }
    }

    private void ForgetLateBefore(long time)
    {
        foreach ((int number, LateSamples late) in Late)
        {
            if (late.FirstTime < time)
            {
                KeepLate(number, late.Where(of => of >= time));
            }
        }
    }

    // After a start the log has brought back what is in blocks already. What was deleted of a block is not in it.
    private void ForgetLateInBlocks()
    {
        using var columns = new SampleColumns();
        foreach ((int number, LateSamples late) in Late)
        {
            Labels labels = _index.LabelsOf(_table.PairsOf(_table[number]));
            LateSamples? left = late;
            foreach (Block block in Blocks.Blocks.Where(block => block.MinTime <= late.LastTime && block.MaxTime >= late.FirstTime))
            {
                columns.Clear();
                BlockedInHead.Find(block, labels, block.DeletedBy(Tombstones, CancellationToken.None))
                    ?.Read(TimeRange.Closed(late.FirstTime, late.LastTime), columns);
                left = left?.Where(time => columns.Times.BinarySearch(time) < 0);
            }

            KeepLate(number, left);
        }
    }

    private void KeepLate(int number, LateSamples? left)
    {
        LateCount += (left?.Count ?? 0) - (Late.TryGetValue(number, out LateSamples? held) ? held.Count : 0);
        Late = left is null ? Late.Remove(number) : Late.SetItem(number, left);
    }

    internal void RestoreLate(int slot, LateSamples late) => KeepLate(slot, late);
}
