using System.Buffers.Binary;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Reads payloads into columns. Reused from batch to batch; its columns are valid until the next.</summary>
/// <remarks>Anything impossible is a <see cref="FormatException"/> before any of it is used.</remarks>
internal sealed class BatchRecordReader
{
    private int[] _slots = [];
    private long[] _times = [];
    private ulong[] _values = [];
    private long[] _starts = [];
    private Range[] _histograms = [];
    private bool[] _late = [];

    /// <summary>Rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Whether any row is a histogram.</summary>
    public bool HasHistograms { get; private set; }

    /// <summary>Whether any row has a start timestamp.</summary>
    public bool HasStarts { get; private set; }

    /// <summary>Whether any row came later than newer samples of its series.</summary>
    public bool HasLate { get; private set; }

    /// <summary>Whether each row did; only where <see cref="HasLate"/>.</summary>
    public ReadOnlySpan<bool> Late => _late.AsSpan(0, Rows);

    /// <summary>What the record deletes; null where it is a batch of samples.</summary>
    public Tombstone? Deletion { get; private set; }

    /// <summary>Series defined here, where they were asked for.</summary>
    public List<SeriesDefinition> Definitions { get; } = [];

    /// <summary>The series of each row.</summary>
    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, Rows);

    /// <summary>The time of each row.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Rows);

    /// <summary>The bits of each row's value.</summary>
    public ReadOnlySpan<ulong> Values => _values.AsSpan(0, Rows);

    /// <summary>The start of each row, 0 for none; only where <see cref="HasStarts"/>.</summary>
    public ReadOnlySpan<long> Starts => _starts.AsSpan(0, Rows);

    /// <summary>Where in the payload each row's histogram lies, empty for floats; only where <see cref="HasHistograms"/>.</summary>
    public ReadOnlySpan<Range> Histograms => _histograms.AsSpan(0, Rows);

    /// <summary>Reads a payload.</summary>
    /// <param name="payload">All of it.</param>
    /// <param name="withDefinitions">Whether definitions are wanted; a writer that has just made them knows them.</param>
    /// <exception cref="FormatException">The bytes are not one, or of a later version.</exception>
    public void Read(ReadOnlySpan<byte> payload, bool withDefinitions)
    {
        var reader = new ByteReader(payload);
        Definitions.Clear();
        byte version = reader.Byte();
        if (version is 0 or > BatchRecord.Version)
        {
            throw new FormatException($"a batch record has version {version}; this program reads up to {BatchRecord.Version}");
        }

        var parts = (BatchRecord.Parts)reader.Byte();
        Deletion = null;
        HasLate = (parts & BatchRecord.Parts.Late) != 0;
        if (parts == BatchRecord.Parts.Deletion)
        {
            Rows = 0;
            HasHistograms = false;
            HasStarts = false;
            Deletion = Tombstone.Read(ref reader);
            ThrowIfLeft(reader);
            return;
        }

        // A row costs at least half a byte: the nibble of its value's length.
        Rows = reader.Count(Math.Min(BatchRecord.RowsMax, payload.Length * 2), 0);
        HasHistograms = (parts & BatchRecord.Parts.Histograms) != 0;
        HasStarts = (parts & BatchRecord.Parts.StartTimes) != 0;
        EnsureRows();
        if ((parts & BatchRecord.Parts.Definitions) != 0)
        {
            ReadOnlySpan<byte> definitions = reader.Bytes((int)Math.Min(reader.UInt32(), int.MaxValue));
            if (withDefinitions)
            {
                ReadDefinitions(definitions);
            }
        }

        ReadSlots(ref reader);
        ReadTimes(ref reader);
        ReadValues(ref reader);
        if (HasHistograms)
        {
            ReadHistograms(ref reader);
        }

        if (HasStarts)
        {
            ReadStarts(ref reader);
        }

        if (HasLate)
        {
            ReadLate(ref reader);
        }

        ThrowIfLeft(reader);
    }

    private static void ThrowIfLeft(in ByteReader reader)
    {
        if (reader.Left != 0)
        {
            throw new FormatException("a batch record has bytes left over");
        }
    }

    private void EnsureRows()
    {
        if (_slots.Length < Rows)
        {
            int length = Math.Max(Rows, _slots.Length * 2);
            _slots = new int[length];
            _times = new long[length];
            _values = new ulong[length];
        }

        if (HasHistograms)
        {
            if (_histograms.Length < Rows)
            {
                _histograms = new Range[_slots.Length];
            }

            Array.Clear(_histograms, 0, Rows);
        }

        if (HasStarts)
        {
            if (_starts.Length < Rows)
            {
                _starts = new long[_slots.Length];
            }

            Array.Clear(_starts, 0, Rows);
        }
    }

    private void ReadDefinitions(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        int textCount = (int)reader.UInt32();
        if (textCount < 0 || textCount > reader.Left)
        {
            throw new FormatException("a batch record has more texts than bytes");
        }

        var texts = new string[textCount];
        for (int i = 0; i < textCount; i++)
        {
            texts[i] = reader.Text(BatchRecord.TextBytesMax);
        }

        int seriesCount = (int)reader.UInt32();
        if (seriesCount < 0 || seriesCount > reader.Left)
        {
            throw new FormatException("a batch record defines more series than it has bytes");
        }

        long slot = 0;
        for (int i = 0; i < seriesCount; i++)
        {
            slot += reader.Zigzag();
            if (slot is < 0 or >= SeriesTable.SlotsMax)
            {
                throw new FormatException($"a batch record defines series {slot}");
            }

            var generation = (int)reader.Varint();
            Definitions.Add(new SeriesDefinition((int)slot, generation, ReadLabels(ref reader, texts)));
        }
    }

    /// <summary>Labels as numbers of texts, name and value in turn.</summary>
    internal static Labels ReadLabels(ref ByteReader reader, string[] texts)
    {
        int count = reader.Count(BatchRecord.LabelsMax, 2);
        var pairs = new string[count * 2];
        for (int i = 0; i < pairs.Length; i++)
        {
            ulong text = reader.Varint();
            if (text >= (ulong)texts.Length)
            {
                throw new FormatException($"there is no text {text}");
            }

            pairs[i] = texts[text];
            if (i >= 2 && (i & 1) == 0 && Utf8Order.Compare(pairs[i - 2], pairs[i]) >= 0)
            {
                throw new FormatException("labels are not in order of their names");
            }
        }

        return Labels.FromSortedPairs(pairs);
    }

    private void ReadSlots(ref ByteReader reader)
    {
        long next = 0;
        for (int row = 0; row < Rows;)
        {
            long slot = next + reader.Zigzag();
            ulong more = reader.Varint();
            if (slot < 0 || slot >= SeriesTable.SlotsMax || more >= (ulong)(Rows - row))
            {
                throw new FormatException($"a batch record refers to series {slot}");
            }

            int end = row + (int)more + 1;
            for (int number = (int)slot; row < end; row++)
            {
                _slots[row] = number++;
            }

            next = slot + (long)more + 1;
        }
    }

    private void ReadTimes(ref ByteReader reader)
    {
        var form = (BatchRecord.TimeForm)reader.Byte();
        long time = reader.Zigzag();
        Span<long> times = _times.AsSpan(0, Rows);
        switch (form)
        {
            case BatchRecord.TimeForm.Uniform:
                times.Fill(time);
                break;
            case BatchRecord.TimeForm.Exceptions:
                times.Fill(time);
                int others = reader.Count(Rows, 2);
                int row = 0;
                for (int i = 0; i < others; i++)
                {
                    row = NextRow(ref reader, row);
                    times[row] = unchecked(time + reader.Zigzag());
                }

                break;
            case BatchRecord.TimeForm.Column:
                for (int i = 0; i < times.Length; i++)
                {
                    time = i == 0 ? time : unchecked(time + reader.Zigzag());
                    times[i] = time;
                }

                break;
            default:
                throw new FormatException($"a batch record has times of form {(byte)form}");
        }
    }

    private void ReadValues(ref ByteReader reader)
    {
        ReadOnlySpan<byte> lengths = reader.Bytes((Rows + 1) / 2);
        Span<ulong> values = _values.AsSpan(0, Rows);
        int bytes = 0;
        for (int row = 0; row < values.Length; row++)
        {
            int length = (lengths[row >> 1] >> ((row & 1) * 4)) & 15;
            if (length > 8)
            {
                throw new FormatException("a value has more than eight bytes");
            }

            bytes += length;
        }

        ReadOnlySpan<byte> all = reader.Bytes(bytes);
        int at = 0;
        for (int row = 0; row < values.Length; row++)
        {
            int length = (lengths[row >> 1] >> ((row & 1) * 4)) & 15;
            if (length == 0)
            {
                values[row] = 0;
            }
            else if (at + 8 <= all.Length)
            {
                values[row] = BinaryPrimitives.ReadUInt64BigEndian(all.Slice(at, 8)) & (ulong.MaxValue << (64 - (8 * length)));
            }
            else
            {
                values[row] = AtEnd(all.Slice(at, length));
            }

            at += length;
        }
    }

    private static ulong AtEnd(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            value |= (ulong)bytes[i] << (56 - (8 * i));
        }

        return value;
    }

    private void ReadHistograms(ref ByteReader reader)
    {
        int count = reader.Count(Rows, 2);
        int row = 0;
        for (int i = 0; i < count; i++)
        {
            row = NextRow(ref reader, row);
            int length = reader.Count(BatchRecord.HistogramBytesMax);
            _histograms[row] = new Range(reader.Position, reader.Position + length);
            var histogram = new ByteReader(reader.Bytes(length));
            HistogramCodec.Read(ref histogram);
        }
    }

    private void ReadStarts(ref ByteReader reader)
    {
        int count = reader.Count(Rows, 2);
        int row = 0;
        for (int i = 0; i < count; i++)
        {
            row = NextRow(ref reader, row);
            _starts[row] = unchecked(_times[row] - reader.Zigzag());
        }
    }

    private void ReadLate(ref ByteReader reader)
    {
        if (_late.Length < Rows)
        {
            _late = new bool[_slots.Length];
        }

        Array.Clear(_late, 0, Rows);
        int count = reader.Count(Rows);
        int row = 0;
        for (int i = 0; i < count; i++)
        {
            row = NextRow(ref reader, row);
            _late[row] = true;
        }
    }

    private int NextRow(ref ByteReader reader, int row)
    {
        ulong next = (ulong)row + reader.Varint();
        if (next >= (ulong)Rows)
        {
            throw new FormatException($"a batch record has no row {next}");
        }

        return (int)next;
    }
}

/// <summary>A series as the log defines it.</summary>
/// <param name="Slot">Its place.</param>
/// <param name="Generation">Which use of the place.</param>
/// <param name="Labels">Its labels.</param>
internal readonly record struct SeriesDefinition(int Slot, int Generation, Labels Labels);
