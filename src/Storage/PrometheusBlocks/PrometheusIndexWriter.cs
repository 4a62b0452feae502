using System.Buffers.Binary;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Gathers the series of a block of Prometheus and writes its index: symbols, series, postings and where they lie. The counterpart of <see cref="PrometheusIndex"/>.</summary>
/// <remarks>prometheus/prometheus, tsdb/docs/format/index.md. The sections of label indices, which no reader of version 2 reads, are left out as it allows.</remarks>
internal sealed class PrometheusIndexWriter
{
    private const int FlushBytes = 1 << 20;

    private readonly List<(Labels Labels, int FirstChunk)> _series = [];
    private readonly List<PrometheusChunkPlace> _chunks = [];
    private readonly ByteWriter _bytes = new(2 * FlushBytes);
    private readonly ByteWriter _entry = new();
    private IFile? _file;
    private long _at;

    /// <summary>Series.</summary>
    public int Count => _series.Count;

    /// <summary>Their chunks.</summary>
    public int Chunks => _chunks.Count;

    private long Position => _at + _bytes.Length;

    /// <summary>The next series.</summary>
    public void Begin(Labels labels) => _series.Add((labels, _chunks.Count));

    /// <summary>The next chunk of it.</summary>
    public void AddChunk(PrometheusChunkPlace place) => _chunks.Add(place);

    /// <summary>Writes the index into an empty file.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Write(IFile file)
    {
        _file = file;
        int[] order = [.. Enumerable.Range(0, _series.Count)];
        Array.Sort(order, (left, right) => _series[left].Labels.CompareTo(_series[right].Labels));
        UInt32(PrometheusIndex.Magic);
        _bytes.Byte(PrometheusIndex.Version);
        long symbolsAt = Position;
        Dictionary<string, int> symbols = WriteSymbols();
        long seriesAt = Aligned(PrometheusIndex.Alignment);
        var postings = new Dictionary<Label, List<uint>> { [new Label(string.Empty, string.Empty)] = new(_series.Count) };
        foreach (int number in order)
        {
            uint reference = checked((uint)(Aligned(PrometheusIndex.Alignment) / PrometheusIndex.Alignment));
            WriteSeries(number, symbols);
            AddPostings(postings, _series[number].Labels, reference);
        }

        long postingsAt = Aligned(4);
        Label[] sorted = [.. postings.Keys];
        Array.Sort(sorted, static (left, right) => Utf8Order.Compare(left.Name, right.Name) is var byName and not 0 ? byName : Utf8Order.Compare(left.Value, right.Value));
        var places = new long[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            places[i] = Aligned(4);
            WritePostings(postings[sorted[i]]);
        }

        long tableAt = Position;
        WriteTable(sorted, places);
        _entry.Clear();
        foreach (long section in (ReadOnlySpan<long>)[symbolsAt, seriesAt, 0, 0, postingsAt, tableAt])
        {
            BinaryPrimitives.WriteInt64BigEndian(_entry.Take(8), section);
        }

        _bytes.Bytes(_entry.Written);
        UInt32(Crc32C.Of(_entry.Written));
        WriteOut();
    }

    private static void AddPostings(Dictionary<Label, List<uint>> postings, Labels labels, uint reference)
    {
        postings[new Label(string.Empty, string.Empty)].Add(reference);
        foreach (Label label in labels)
        {
            if (!postings.TryGetValue(label, out List<uint>? list))
            {
                postings.Add(label, list = []);
            }

            list.Add(reference);
        }
    }

    private Dictionary<string, int> WriteSymbols()
    {
        string[] sorted = SymbolTexts.Of(_series.Select(static series => series.Labels));
        var symbols = new Dictionary<string, int>(sorted.Length, StringComparer.Ordinal);
        _entry.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(_entry.Take(4), (uint)sorted.Length);
        foreach (string text in sorted)
        {
            symbols.Add(text, symbols.Count);
            _entry.Text(text);
        }

        WriteSection();
        return symbols;
    }

    private void WriteSeries(int number, Dictionary<string, int> symbols)
    {
        (Labels labels, int first) = _series[number];
        int end = number + 1 < _series.Count ? _series[number + 1].FirstChunk : _chunks.Count;
        _entry.Clear();
        _entry.Varint(labels.Count);
        foreach (Label label in labels)
        {
            _entry.Varint(symbols[label.Name]);
            _entry.Varint(symbols[label.Value]);
        }

        _entry.Varint(end - first);
        long last = 0;
        long place = 0;
        for (int i = first; i < end; i++)
        {
            PrometheusChunkPlace chunk = _chunks[i];
            long next = ((long)chunk.Segment << 32) | chunk.Offset;
            if (i == first)
            {
                _entry.Zigzag(chunk.FirstTime);
            }
            else
            {
                _entry.Varint((ulong)(chunk.FirstTime - last));
            }

            _entry.Varint((ulong)(chunk.LastTime - chunk.FirstTime));
            if (i == first)
            {
                _entry.Varint((ulong)next);
            }
            else
            {
                _entry.Zigzag(next - place);
            }

            (last, place) = (chunk.LastTime, next);
        }

        _bytes.Varint(_entry.Length);
        _bytes.Bytes(_entry.Written);
        UInt32(Crc32C.Of(_entry.Written));
        FlushIfFull();
    }

    private void WritePostings(List<uint> references)
    {
        _entry.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(_entry.Take(4), (uint)references.Count);
        foreach (uint reference in references)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_entry.Take(4), reference);
        }

        WriteSection();
    }

    private void WriteTable(Label[] labels, long[] places)
    {
        _entry.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(_entry.Take(4), (uint)labels.Length);
        for (int i = 0; i < labels.Length; i++)
        {
            _entry.Byte(2);
            _entry.Text(labels[i].Name);
            _entry.Text(labels[i].Value);
            _entry.Varint((ulong)places[i]);
        }

        WriteSection();
    }

    // Its length, what is in the entry, and the checksum of that.
    private void WriteSection()
    {
        UInt32((uint)_entry.Length);
        _bytes.Bytes(_entry.Written);
        UInt32(Crc32C.Of(_entry.Written));
        FlushIfFull();
    }

    private long Aligned(int alignment)
    {
        while (Position % alignment != 0)
        {
            _bytes.Byte(0);
        }

        return Position;
    }

    private void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(_bytes.Take(4), value);

    private void FlushIfFull()
    {
        if (_bytes.Length >= FlushBytes)
        {
            WriteOut();
        }
    }

    private void WriteOut()
    {
        _file!.Append(_bytes.Written);
        _at += _bytes.Length;
        _bytes.Clear();
    }
}
