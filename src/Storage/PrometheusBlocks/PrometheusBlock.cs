using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// A block directory of Prometheus's storage, opened for reading: <c>meta.json</c>, <c>index</c>, <c>chunks/</c>, <c>tombstones</c>.
/// Every checksum is checked before what it covers is used. May be read from several threads, each with a reader of its own.
/// </summary>
/// <remarks>prometheus/prometheus, tsdb/docs/format. Nothing is ever written to it.</remarks>
public sealed class PrometheusBlock : IDisposable
{
    private const int MetaVersion = 1;
    internal const uint ChunksMagic = 0x85BD_40DD;
    internal const byte ChunksVersion = 1;
    private const int ChunksHeadBytes = 8;
    private const int CrcBytes = 4;
    private const int SegmentsMax = 100_000;

    private readonly IFiles _files;
    private readonly string _path;
    private readonly List<(string Path, IMappedBytes Bytes)> _segments = [];
    private readonly Dictionary<long, TimeSpans> _deleted;

    private PrometheusBlock(IFiles files, string path)
    {
        _files = files;
        _path = path;
        ReadMeta();
        try
        {
            OpenSegments();
            _deleted = PrometheusTombstones.Read(files, Path.Combine(path, "tombstones"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Name of the block.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>Its samples are at or after this time, in milliseconds.</summary>
    public long MinTime { get; private set; }

    /// <summary>And before this one.</summary>
    public long MaxTime { get; private set; }

    /// <summary>Whether a directory holds a block.</summary>
    public static bool IsAt(IFiles files, string path) => files.Exists(Path.Combine(path, "meta.json"));

    /// <summary>Opens a block.</summary>
    /// <exception cref="IOException">It cannot be read, is damaged (<see cref="CorruptDataException"/>) or of a version that is not known.</exception>
    public static PrometheusBlock Open(IFiles files, string path) => new(files, path);

    /// <summary>A reader before the first series.</summary>
    /// <exception cref="CorruptDataException">The index is damaged.</exception>
    public PrometheusSeriesReader Read() => new(this, new PrometheusIndex(_files, Path.Combine(_path, "index")));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, IMappedBytes bytes) in _segments)
        {
            bytes.Dispose();
        }

        _segments.Clear();
    }

    /// <summary>What is deleted of a series; null where nothing is.</summary>
    internal TimeSpans? DeletedOf(long reference) => _deleted.GetValueOrDefault(reference);

    /// <summary>Appends the samples of a chunk.</summary>
    internal void Read(in PrometheusChunkPlace place, SampleColumns into)
    {
        if (place.Segment >= _segments.Count)
        {
            throw new CorruptDataException(Path.Combine(_path, "index"), 0, $"a series has a chunk in file {place.Segment + 1} of chunks, and there are {_segments.Count}");
        }

        (string path, IMappedBytes mapped) = _segments[place.Segment];
        ReadOnlySpan<byte> file = mapped.Bytes;
        try
        {
            if (place.Offset < ChunksHeadBytes || place.Offset >= file.Length)
            {
                throw new FormatException("a chunk lies outside its file");
            }

            var reader = new ByteReader(file[(int)place.Offset..]);
            int length = reader.Count(int.MaxValue, 0);
            ReadOnlySpan<byte> checkedBytes = reader.Bytes(checked(length + 1));
            if (BinaryPrimitives.ReadUInt32BigEndian(reader.Bytes(CrcBytes)) != Crc32C.Of(checkedBytes))
            {
                throw new FormatException("a chunk is damaged: its checksum is wrong");
            }

            int held = into.Count;
            PrometheusChunk.Read(checkedBytes[0], checkedBytes[1..], into);
            for (int i = Math.Max(1, held); i < into.Count; i++)
            {
                if (into.Times[i] <= into.Times[i - 1])
                {
                    throw new FormatException("samples of a series are not in the order of time");
                }
            }
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new CorruptDataException(path, place.Offset, e.Message);
        }
    }

    private void ReadMeta()
    {
        string path = Path.Combine(_path, "meta.json");
        try
        {
            using JsonDocument json = JsonDocument.Parse(AtomicFile.ReadAll(_files, path));
            JsonElement root = json.RootElement;
            int version = root.GetProperty("version").GetInt32();
            if (version != MetaVersion)
            {
                throw new CorruptDataException(path, 0, $"the block has version {version}; known is {MetaVersion}");
            }

            Name = root.GetProperty("ulid").GetString() ?? string.Empty;
            MinTime = root.GetProperty("minTime").GetInt64();
            MaxTime = root.GetProperty("maxTime").GetInt64();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CorruptDataException(path, 0, $"this is no meta.json of a Prometheus block: {e.Message}");
        }
    }

    private void OpenSegments()
    {
        string directory = Path.Combine(_path, "chunks");
        for (int number = 1; number <= SegmentsMax; number++)
        {
            string path = Path.Combine(directory, number.ToString("D6", CultureInfo.InvariantCulture));
            if (!_files.Exists(path))
            {
                return;
            }

            IMappedBytes mapped = _files.Map(path);
            _segments.Add((path, mapped));
            ReadOnlySpan<byte> file = mapped.Bytes;
            if (file.Length < ChunksHeadBytes || BinaryPrimitives.ReadUInt32BigEndian(file) != ChunksMagic)
            {
                throw new CorruptDataException(path, 0, "this is no file of chunks");
            }

            if (file[4] != ChunksVersion)
            {
                throw new CorruptDataException(path, 4, $"the chunks have version {file[4]}; known is {ChunksVersion}");
            }
        }
    }
}

/// <summary>Walks the series of a Prometheus block in the order of their labels. One user.</summary>
public sealed class PrometheusSeriesReader : IDisposable
{
    private readonly PrometheusBlock _block;
    private readonly PrometheusIndex _index;

    internal PrometheusSeriesReader(PrometheusBlock block, PrometheusIndex index)
    {
        _block = block;
        _index = index;
    }

    /// <summary>How far it is, 0 to 1.</summary>
    public double Progress => _index.Progress;

    /// <summary>Moves to the next series.</summary>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public bool MoveNext() => _index.MoveNext();

    /// <summary>The labels of the series.</summary>
    public Labels Labels() => _index.Labels();

    /// <summary>Appends the samples of the series that lie in a range and are not deleted, in order of time.</summary>
    /// <exception cref="CorruptDataException">A chunk is damaged.</exception>
    public void ReadSamples(TimeRange range, SampleColumns into)
    {
        foreach (PrometheusChunkPlace place in _index.Chunks)
        {
            if (range.Overlaps(place.FirstTime, place.LastTime))
            {
                _block.Read(place, into);
            }
        }

        if (range.After != long.MinValue)
        {
            into.DropWithin(0, long.MinValue, range.After);
        }

        if (range.Through != long.MaxValue)
        {
            into.DropWithin(0, range.Through + 1, long.MaxValue);
        }

        _block.DeletedOf(_index.Reference)?.RemoveFrom(into, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();
}
