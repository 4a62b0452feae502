using System.Buffers.Binary;
using System.Numerics;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Writes the payload of one batch: definitions of series, then rows as columns. Reused from batch to batch.</summary>
internal sealed class BatchRecordWriter(LabelIndex index, SeriesTable table)
{
    private readonly ByteWriter _histograms = new();
    private readonly ByteWriter _starts = new();
    private readonly ByteWriter _late = new();
    private readonly List<int> _definitions = [];
    private readonly List<(int Row, ulong Hash)> _histogramHashes = [];
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly ByteWriter _textBytes = new();
    private readonly ByteWriter _seriesBytes = new();
    private int[] _slots = new int[256];
    private long[] _times = new long[256];
    private ulong[] _values = new ulong[256];
    private int _lastHistogramRow;
    private int _lastStartRow;
    private int _lastLateRow;
    private int _lateCount;
    private int _histogramCount;
    private int _startCount;

    /// <summary>Rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>The series defined in this batch.</summary>
    public IReadOnlyList<int> Definitions => _definitions;

    /// <summary>The slots of the rows.</summary>
    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, Rows);

    /// <summary>Starts a batch.</summary>
    public void Begin()
    {
        Rows = 0;
        _definitions.Clear();
        _histograms.Clear(64 * 1024);
        _starts.Clear(64 * 1024);
        _lastHistogramRow = 0;
        _lastStartRow = 0;
        _lastLateRow = 0;
        _lateCount = 0;
        _histogramHashes.Clear();
        _late.Clear(64 * 1024);
        _histogramCount = 0;
        _startCount = 0;
    }

    /// <summary>Has the batch define a series.</summary>
    public void Define(int slot) => _definitions.Add(slot);

    /// <summary>Adds a row.</summary>
    /// <param name="slot">The series.</param>
    /// <param name="time">Milliseconds.</param>
    /// <param name="value">Bits of the value; of a histogram the hash of its bytes.</param>
    /// <param name="start">Start timestamp, or 0.</param>
    /// <param name="histogram">Bytes of the histogram, or empty for a float.</param>
    public void Add(int slot, long time, ulong value, long start, ReadOnlySpan<byte> histogram)
    {
        if (Rows == _slots.Length)
        {
            Array.Resize(ref _slots, Rows * 2);
            Array.Resize(ref _times, Rows * 2);
            Array.Resize(ref _values, Rows * 2);
        }

        int row = Rows++;
        _slots[row] = slot;
        _times[row] = time;
        _values[row] = value;
        if (!histogram.IsEmpty)
        {
            _values[row] = 0;
            _histogramHashes.Add((row, value));
            _histograms.Varint(row - _lastHistogramRow);
            _histograms.Varint(histogram.Length);
            _histograms.Bytes(histogram);
            _lastHistogramRow = row;
            _histogramCount++;
        }

        if (start != 0)
        {
            _starts.Varint(row - _lastStartRow);
            _starts.Zigzag(unchecked(time - start));
            _lastStartRow = row;
            _startCount++;
        }
    }

    /// <summary>Says of the row added last that it came later than newer samples of its series.</summary>
    public void MarkLate()
    {
        _late.Varint(Rows - 1 - _lastLateRow);
        _lastLateRow = Rows - 1;
        _lateCount++;
    }

    /// <summary>Adds the rows so far to others, the value as it was given with them; what is there stays.</summary>
    public void AddRowsTo(Dictionary<(int Slot, long Time), ulong> rows)
    {
        foreach ((int row, ulong hash) in _histogramHashes)
        {
            rows.TryAdd((_slots[row], _times[row]), hash);
        }

        for (int row = 0; row < Rows; row++)
        {
            rows.TryAdd((_slots[row], _times[row]), _values[row]);
        }
    }

    /// <summary>Writes the payload.</summary>
    public void End(ByteWriter to)
    {
        BatchRecord.Parts parts =
            (_definitions.Count > 0 ? BatchRecord.Parts.Definitions : 0)
            | (_histogramCount > 0 ? BatchRecord.Parts.Histograms : 0)
            | (_startCount > 0 ? BatchRecord.Parts.StartTimes : 0)
            | (_lateCount > 0 ? BatchRecord.Parts.Late : 0);
        to.Byte(BatchRecord.Version);
        to.Byte((byte)parts);
        to.Varint(Rows);
        if (_definitions.Count > 0)
        {
            WriteDefinitions(to);
        }

        WriteSlots(to);
        WriteTimes(to);
        WriteValues(to);
        if (_histogramCount > 0)
        {
            to.Varint(_histogramCount);
            to.Bytes(_histograms.Written);
        }

        if (_startCount > 0)
        {
            to.Varint(_startCount);
            to.Bytes(_starts.Written);
        }

        if (_lateCount > 0)
        {
            to.Varint(_lateCount);
            to.Bytes(_late.Written);
        }
    }

    /// <summary>Writes the payload that deletes samples.</summary>
    public static void WriteDeletion(ByteWriter to, Tombstone tombstone)
    {
        to.Byte(BatchRecord.Version);
        to.Byte((byte)BatchRecord.Parts.Deletion);
        tombstone.Write(to);
    }

    private void WriteDefinitions(ByteWriter to)
    {
        _texts.Clear();
        _textBytes.Clear(64 * 1024);
        _seriesBytes.Clear(64 * 1024);
        int before = 0;
        foreach (int number in _definitions)
        {
            ref readonly SeriesSlot slot = ref table[number];
            _seriesBytes.Zigzag(number - before);
            before = number;
            _seriesBytes.Varint(slot.Generation);
            ReadOnlySpan<int> pairs = table.PairsOf(slot);
            _seriesBytes.Varint(pairs.Length);
            foreach (int pairNumber in pairs)
            {
                ref readonly LabelPair pair = ref index.Pairs[pairNumber];
                _seriesBytes.Varint(TextNumber(pair.Name.Name));
                _seriesBytes.Varint(TextNumber(pair.Value!));
            }
        }

        to.UInt32((uint)(4 + _textBytes.Length + _seriesBytes.Length + 4));
        to.UInt32((uint)_texts.Count);
        to.Bytes(_textBytes.Written);
        to.UInt32((uint)_definitions.Count);
        to.Bytes(_seriesBytes.Written);
    }

    private int TextNumber(string text)
    {
        if (!_texts.TryGetValue(text, out int number))
        {
            number = _texts.Count;
            _texts.Add(text, number);
            _textBytes.Text(text);
        }

        return number;
    }

    // Runs of consecutive slots: a page that repeats the last one is a single run.
    private void WriteSlots(ByteWriter to)
    {
        ReadOnlySpan<int> slots = Slots;
        int before = -1;
        for (int row = 0; row < slots.Length;)
        {
            int end = row + 1;
            while (end < slots.Length && slots[end] == slots[end - 1] + 1)
            {
                end++;
            }

            to.Zigzag(slots[row] - before - 1);
            to.Varint(end - row - 1);
            before = slots[end - 1];
            row = end;
        }
    }

    private void WriteTimes(ByteWriter to)
    {
        ReadOnlySpan<long> times = _times.AsSpan(0, Rows);
        long common = times[0];
        int others = times.Length - times.Count(common);
        BatchRecord.TimeForm form = others == 0 ? BatchRecord.TimeForm.Uniform
            : others <= times.Length / 4 ? BatchRecord.TimeForm.Exceptions
            : BatchRecord.TimeForm.Column;
        to.Byte((byte)form);
        to.Zigzag(common);
        if (form == BatchRecord.TimeForm.Exceptions)
        {
            to.Varint(others);
            int before = 0;
            for (int row = 0; row < times.Length; row++)
            {
                if (times[row] != common)
                {
                    to.Varint(row - before);
                    to.Zigzag(unchecked(times[row] - common));
                    before = row;
                }
            }
        }
        else if (form == BatchRecord.TimeForm.Column)
        {
            for (int row = 1; row < times.Length; row++)
            {
                to.Zigzag(unchecked(times[row] - times[row - 1]));
            }
        }
    }

    // A double's trailing zero bytes are left out: whole numbers take 0 to 4 bytes. Lengths are nibbles, two rows a byte.
    private void WriteValues(ByteWriter to)
    {
        ReadOnlySpan<ulong> values = _values.AsSpan(0, Rows);
        int nibbles = (values.Length + 1) / 2;
        int at = to.Length;
        Span<byte> all = to.Take(nibbles + (values.Length * 8) + 8);
        Span<byte> lengths = all[..nibbles];
        lengths.Clear();
        int used = nibbles;
        for (int row = 0; row < values.Length; row++)
        {
            ulong value = values[row];
            int length = value == 0 ? 0 : 8 - (BitOperations.TrailingZeroCount(value) >> 3);
            lengths[row >> 1] |= (byte)(length << ((row & 1) * 4));
            BinaryPrimitives.WriteUInt64BigEndian(all.Slice(used, 8), value);
            used += length;
        }

        to.CutTo(at + used);
    }
}
