using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Samples of one shard on their way to its leader. A batch that is too long for a message is cut into several, in the order of its rows.</summary>
internal static class WriteMessage
{
    /// <summary>A question: write these; the answer is a <see cref="WriteAnswer"/>.</summary>
    public const ushort Number = NodeMessages.WriteFrom;

    /// <summary>A question with the same content: write these, or pass them on to their leader, whom the asker does not reach; the answer is a <see cref="WriteAnswer"/>.</summary>
    public const ushort RelayNumber = NodeMessages.WriteFrom + 5;

    /// <summary>After so many bytes a message is ended; what a row may add beyond them (labels, a histogram) still fits 1 MiB.</summary>
    public const int BytesSoft = 512 * 1024;

    /// <summary>Writes a batch as messages. It stays the caller's.</summary>
    public static IReadOnlyList<byte[]> Write(SampleBatch batch, int bytesSoft = BytesSoft)
    {
        var messages = new List<byte[]>();
        var part = new Part(batch);
        for (int row = 0; row < batch.Count; row++)
        {
            part.Row(batch, row);
            part = CutIfLong(part, messages, batch, bytesSoft);
        }

        foreach ((SeriesKey series, Exemplar exemplar) in batch.Exemplars)
        {
            part.Exemplar(series, exemplar);
            part = CutIfLong(part, messages, batch, bytesSoft);
        }

        // An empty batch is a message too: that it arrives is all there is to say.
        if (!part.IsEmpty || messages.Count == 0)
        {
            messages.Add(part.ToBytes());
        }

        return messages;
    }

    /// <summary>Reads one.</summary>
    /// <param name="message">From <see cref="Write"/>.</param>
    /// <param name="map">Of the cluster.</param>
    /// <returns>The caller's.</returns>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static SampleBatch Read(ReadOnlySpan<byte> message, ShardMap map)
    {
        var columns = new Columns();
        var symbols = new LabelSymbolsReader();
        var exemplarSymbols = new LabelSymbolsReader();
        var refs = new List<int>();
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    columns.Shard = reader.Number(map.Count - 1);
                    break;
                case 2:
                    columns.Series.Add(new SeriesKey(Labels(reader.Bytes(), symbols, refs)));
                    break;
                case 3:
                    reader.Numbers(columns.Rows);
                    break;
                case 4:
                    columns.Times = reader.Column<long>();
                    break;
                case 5:
                    columns.Values = reader.Column<double>();
                    break;
                case 6:
                    columns.Histograms.Add(HistogramAt(reader.Bytes()));
                    break;
                case 7:
                    columns.StartTimes = reader.Column<long>();
                    break;
                case 8:
                    columns.Exemplars.Add(ExemplarOf(reader.Bytes(), exemplarSymbols, refs));
                    break;
                case 9:
                    columns.WasAcknowledged = reader.Number(int.MaxValue) != 0;
                    break;
            }
        }

        foreach (SeriesKey series in columns.Series)
        {
            if (map.Of(series.Labels).Value != columns.Shard)
            {
                throw new WireFormatException($"{series.Labels} does not belong to shard {columns.Shard}");
            }
        }

        return columns.ToBatch();
    }

    /// <summary>The shard of a message, without reading the rest.</summary>
    /// <exception cref="WireFormatException">It says none.</exception>
    public static ShardId ShardOf(ReadOnlySpan<byte> message, ShardMap map)
    {
        var reader = new MessageReader(message);
        return reader.Next(out int field) && field == 1 ? new ShardId(reader.Number(map.Count - 1)) : throw new WireFormatException("a write does not begin with its shard");
    }

    private static Part CutIfLong(Part part, List<byte[]> messages, SampleBatch batch, int bytesSoft)
    {
        if (part.Bytes < bytesSoft)
        {
            return part;
        }

        messages.Add(part.ToBytes());
        return new Part(batch);
    }

    private static Labels Labels(ReadOnlySpan<byte> message, LabelSymbolsReader symbols, List<int> refs)
    {
        refs.Clear();
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            if (field == 1)
            {
                symbols.Add(reader.Text());
            }
            else if (field == 2)
            {
                reader.Numbers(refs);
            }
        }

        return symbols.Read(refs);
    }

    private static (int Row, NativeHistogram Histogram) HistogramAt(ReadOnlySpan<byte> message)
    {
        int row = 0;
        NativeHistogram? histogram = null;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            if (field == 1)
            {
                row = reader.Number(int.MaxValue);
            }
            else if (field == 2)
            {
                histogram = HistogramMessage.Read(reader.Bytes());
            }
        }

        return (row, histogram ?? throw new WireFormatException("a histogram without content"));
    }

    private static (int Series, Exemplar Exemplar) ExemplarOf(ReadOnlySpan<byte> message, LabelSymbolsReader symbols, List<int> refs)
    {
        int series = 0;
        double value = 0;
        Timestamp? at = null;
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
                    series = reader.Number(int.MaxValue);
                    break;
                case 4:
                    value = reader.Double();
                    break;
                case 5:
                    at = new Timestamp(BitConverter.DoubleToInt64Bits(reader.Double()));
                    break;
            }
        }

        return (series, new Exemplar(symbols.Read(refs), value, at));
    }

    // One message that grows.
    private sealed class Part(SampleBatch whole)
    {
        private readonly ShardId _shard = whole.Shard;
        private readonly bool _wasAcknowledged = whole.WasAcknowledged;
        private readonly MessageWriter _series = new();
        private readonly MessageWriter _extras = new();
        private readonly LabelSymbolsWriter _symbols = new();
        private readonly LabelSymbolsWriter _exemplarSymbols = new();
        private readonly Dictionary<SeriesKey, int> _numbers = new(ReferenceEqualityComparer.Instance);
        private readonly List<int> _rows = [];
        private readonly List<long> _times = [];
        private readonly List<double> _values = [];
        private readonly List<long> _startTimes = [];

        public int Bytes => _series.Length + _extras.Length + (29 * _rows.Count);

        public bool IsEmpty => _rows.Count == 0 && _extras.Length == 0;

        public void Row(SampleBatch batch, int row)
        {
            _rows.Add(NumberOf(batch.Series[row]));
            _times.Add(batch.Times[row]);
            _values.Add(batch.Values[row]);
            if (batch.StartTimes.Length > 0)
            {
                _startTimes.Add(batch.StartTimes[row]);
            }

            if (batch.HasHistograms && batch.Histograms[row] is { } histogram)
            {
                int mark = _extras.Begin(6);
                _extras.Number(1, (ulong)_rows.Count - 1);
                HistogramMessage.Write(_extras, 2, histogram);
                _extras.End(mark);
            }
        }

        public void Exemplar(SeriesKey series, Exemplar exemplar)
        {
            int number = NumberOf(series);
            int mark = _extras.Begin(8);
            _exemplarSymbols.Write(_extras, 1, 2, exemplar.Labels);
            _extras.Number(3, (ulong)number);
            _extras.Double(4, exemplar.Value);
            if (exemplar.At is { } at)
            {
                // Fixed, so that a time of 0 is told from none.
                _extras.Double(5, BitConverter.Int64BitsToDouble(at.Milliseconds));
            }

            _extras.End(mark);
        }

        public byte[] ToBytes()
        {
            var message = new MessageWriter();
            message.Number(1, (ulong)_shard.Value);
            message.Append(_series.Written);
            message.Numbers(3, CollectionsMarshal.AsSpan(_rows));
            message.Column<long>(4, CollectionsMarshal.AsSpan(_times));
            message.Column<double>(5, CollectionsMarshal.AsSpan(_values));
            message.Column<long>(7, CollectionsMarshal.AsSpan(_startTimes));
            message.Append(_extras.Written);
            if (_wasAcknowledged)
            {
                message.Number(9, 1);
            }

            return message.Written.ToArray();
        }

        private int NumberOf(SeriesKey series)
        {
            if (!_numbers.TryGetValue(series, out int number))
            {
                number = _numbers.Count;
                _numbers.Add(series, number);
                int mark = _series.Begin(2);
                _symbols.Write(_series, 1, 2, series.Labels);
                _series.End(mark);
            }

            return number;
        }
    }

    // What was read, before it is known to fit together.
    private sealed class Columns
    {
        public int Shard { get; set; }

        public bool WasAcknowledged { get; set; }

        public List<SeriesKey> Series { get; } = [];

        public List<int> Rows { get; } = [];

        public long[] Times { get; set; } = [];

        public double[] Values { get; set; } = [];

        public List<(int Row, NativeHistogram Histogram)> Histograms { get; } = [];

        public long[] StartTimes { get; set; } = [];

        public List<(int Series, Exemplar Exemplar)> Exemplars { get; } = [];

        public SampleBatch ToBatch()
        {
            if (Times.Length != Rows.Count || Values.Length != Rows.Count || (StartTimes.Length > 0 && StartTimes.Length != Rows.Count)
                || Rows.Exists(series => (uint)series >= (uint)Series.Count) || Exemplars.Exists(exemplar => (uint)exemplar.Series >= (uint)Series.Count))
            {
                throw new WireFormatException("rows whose columns do not belong together");
            }

            var histograms = new NativeHistogram?[Histograms.Count > 0 ? Rows.Count : 0];
            foreach ((int row, NativeHistogram histogram) in Histograms)
            {
                histograms[row < histograms.Length ? row : throw new WireFormatException($"a histogram of row {row}")] = histogram;
            }

            var batch = new SampleBatch(new ShardId(Shard), Rows.Count) { WasAcknowledged = WasAcknowledged };
            for (int row = 0; row < Rows.Count; row++)
            {
                SeriesKey series = Series[Rows[row]];
                if (histograms.Length > 0 && histograms[row] is { } histogram)
                {
                    batch.Add(series, Times[row], histogram);
                }
                else
                {
                    batch.Add(series, Times[row], Values[row]);
                }

                if (StartTimes.Length > 0 && StartTimes[row] != 0)
                {
                    batch.SetStartTime(StartTimes[row]);
                }
            }

            foreach ((int series, Exemplar exemplar) in Exemplars)
            {
                batch.AddExemplar(Series[series], exemplar);
            }

            return batch;
        }
    }
}
