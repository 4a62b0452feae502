using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Writes a block directory of Prometheus's storage: <c>chunks/</c>, <c>index</c>, <c>tombstones</c>, and <c>meta.json</c> last, without which it is none.</summary>
/// <remarks>
/// prometheus/prometheus, tsdb/docs/format. The labels of all series and where their chunks lie are held in memory until the end; samples are not.
/// Dispose it: what is not complete then is deleted.
/// </remarks>
public sealed class PrometheusBlockWriter : IDisposable
{
    private const int CrcBytes = 4;
    private const int BufferBytes = 1 << 20;

    private readonly IFiles _files;
    private readonly string _path;
    private readonly string _name;
    private readonly long _segmentBytesMax;
    private readonly PrometheusChunkWriter _chunk = new();
    private readonly PrometheusIndexWriter _index = new();
    private readonly ByteWriter _bytes = new(2 * BufferBytes);
    private readonly List<string> _written = [];
    private IFile? _segment;
    private int _segments;
    private long _at;
    private long _minTime = long.MaxValue;
    private long _maxTime = long.MinValue;
    private long _histograms;
    private bool _isDone;

    /// <summary>An empty block.</summary>
    /// <param name="files">Where.</param>
    /// <param name="parent">The directory of blocks.</param>
    /// <param name="name">A ULID that no other block has.</param>
    /// <param name="segmentBytesMax">Of a file of chunks.</param>
    public PrometheusBlockWriter(IFiles files, string parent, string name, long segmentBytesMax = 512 << 20)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        _name = name;
        _path = Path.Combine(parent, name);
        _segmentBytesMax = segmentBytesMax;
    }

    /// <summary>Samples so far.</summary>
    public long Samples { get; private set; }

    /// <summary>Series so far.</summary>
    public int SeriesCount => _index.Count;

    /// <summary>Adds a series that is not there yet, in any order.</summary>
    /// <param name="labels">Its labels.</param>
    /// <param name="run">All its samples, in order of time.</param>
    /// <exception cref="IOException">They could not be written.</exception>
    public void Add(Labels labels, SampleColumns run)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(run);
        if (run.Count == 0)
        {
            return;
        }

        _index.Begin(labels);
        for (int first = 0; first < run.Count;)
        {
            (int count, byte encoding) = _chunk.Encode(run, first);
            _index.AddChunk(Append(encoding, run.Times[first], run.Times[first + count - 1]));
            first += count;
        }

        Samples += run.Count;
        foreach (NativeHistogram? histogram in run.Histograms)
        {
            _histograms += histogram is null ? 0 : 1;
        }

        _minTime = Math.Min(_minTime, run.Times[0]);
        _maxTime = Math.Max(_maxTime, run.Times[^1]);
    }

    /// <summary>Writes what is left and makes it a block. Without a series there is none.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Finish()
    {
        if (_index.Count == 0)
        {
            return;
        }

        EndSegment();
        string index = Path.Combine(_path, "index");
        using (IFile file = Create(index))
        {
            _index.Write(file);
            file.Flush();
        }

        using (IFile file = Create(Path.Combine(_path, "tombstones")))
        {
            file.Append(PrometheusTombstones.Empty());
            file.Flush();
        }

        _files.FlushDirectory(Path.Combine(_path, "chunks"));
        byte[] meta = Meta();
        string path = Path.Combine(_path, "meta.json");

        // The first to go, should it be there and its directory not be flushed.
        _written.Insert(0, path);
        AtomicFile.Write(_files, path, file => file.Append(meta));
        _isDone = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _segment?.Dispose();
        _segment = null;
        if (!_isDone)
        {
            foreach (string path in _written)
            {
                AtomicFile.DeleteQuietly(_files, path);
            }
        }
    }

    private PrometheusChunkPlace Append(byte encoding, long firstTime, long lastTime)
    {
        ReadOnlySpan<byte> data = _chunk.Written;
        if (_segment is null || _at + _bytes.Length + data.Length + 16 > _segmentBytesMax)
        {
            BeginSegment();
        }

        long offset = _at + _bytes.Length;
        _bytes.Varint(data.Length);
        int checkedFrom = _bytes.Length;
        _bytes.Byte(encoding);
        _bytes.Bytes(data);
        uint crc = Crc32C.Of(_bytes.Written[checkedFrom..]);
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.Take(CrcBytes), crc);
        if (_bytes.Length >= BufferBytes)
        {
            WriteOut();
        }

        return new PrometheusChunkPlace(firstTime, lastTime, _segments - 1, (uint)offset);
    }

    private void BeginSegment()
    {
        EndSegment();
        if (_segments++ == 0)
        {
            _files.CreateDirectory(Path.Combine(_path, "chunks"));
        }

        _segment = Create(Path.Combine(_path, "chunks", _segments.ToString("D6", CultureInfo.InvariantCulture)));
        _at = 0;
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.Take(4), PrometheusBlock.ChunksMagic);
        _bytes.Bytes([PrometheusBlock.ChunksVersion, 0, 0, 0]);
    }

    private void EndSegment()
    {
        if (_segment is { } segment)
        {
            WriteOut();
            segment.Flush();
            segment.Dispose();
            _segment = null;
        }
    }

    private void WriteOut()
    {
        _segment!.Append(_bytes.Written);
        _at += _bytes.Length;
        _bytes.Clear();
    }

    private IFile Create(string path)
    {
        _written.Add(path);
        return _files.Create(path);
    }

    private byte[] Meta()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("ulid", _name);
            json.WriteNumber("minTime", _minTime);
            json.WriteNumber("maxTime", _maxTime + 1);
            json.WriteStartObject("stats");
            json.WriteNumber("numSamples", Samples);
            json.WriteNumber("numFloatSamples", Samples - _histograms);
            json.WriteNumber("numHistogramSamples", _histograms);
            json.WriteNumber("numSeries", _index.Count);
            json.WriteNumber("numChunks", _index.Chunks);
            json.WriteEndObject();
            json.WriteStartObject("compaction");
            json.WriteNumber("level", 1);
            json.WriteStartArray("sources");
            json.WriteStringValue(_name);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteNumber("version", 1);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
