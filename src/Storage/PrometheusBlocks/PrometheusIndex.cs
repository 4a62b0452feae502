using System.Buffers.Binary;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The index of a block of Prometheus, mapped: its symbols, and its series one after the other.</summary>
/// <remarks>prometheus/prometheus, tsdb/docs/format/index.md. Numbers are big-endian; every section that is read has its checksum checked.</remarks>
internal sealed class PrometheusIndex : IDisposable
{
    internal const uint Magic = 0xBAAA_D700;
    internal const byte Version = 2;
    private const int HeadBytes = 5;
    private const int ContentsBytes = (6 * 8) + 4;
    private const int CrcBytes = 4;
    internal const int Alignment = 16;
    private const int LabelsMax = BatchRecord.LabelsMax;

    private readonly string _path;
    private readonly IMappedBytes _mapped;
    private readonly string[] _symbols;
    private readonly int _end;
    private readonly List<int> _pairs = [];
    private readonly List<PrometheusChunkPlace> _chunks = [];
    private int _at;

    /// <exception cref="CorruptDataException">It is damaged, or of a version that is not known.</exception>
    public PrometheusIndex(IFiles files, string path)
    {
        _path = path;
        _mapped = files.Map(path);
        try
        {
            ReadOnlySpan<byte> file = _mapped.Bytes;
            if (file.Length < HeadBytes + ContentsBytes || BinaryPrimitives.ReadUInt32BigEndian(file) != Magic)
            {
                throw Wrong(0, "this is no index of a Prometheus block");
            }

            if (file[4] != Version)
            {
                throw Wrong(4, $"the index has version {file[4]}; known is {Version}");
            }

            int contentsAt = file.Length - ContentsBytes;
            ReadOnlySpan<byte> contents = file[contentsAt..];
            if (BinaryPrimitives.ReadUInt32BigEndian(contents[^CrcBytes..]) != Crc32C.Of(contents[..^CrcBytes]))
            {
                throw Wrong(contentsAt, "the table of contents is damaged");
            }

            Span<long> sections = stackalloc long[6];
            for (int i = 0; i < sections.Length; i++)
            {
                sections[i] = BinaryPrimitives.ReadInt64BigEndian(contents[(8 * i)..]);
                if (sections[i] < 0 || sections[i] > contentsAt)
                {
                    throw Wrong(contentsAt + (8 * i), "a section lies outside the file");
                }
            }

            _symbols = sections[0] == 0 ? [] : ReadSymbols((int)sections[0]);
            _at = (int)sections[1];
            _end = contentsAt;
            foreach (long section in sections)
            {
                // The series end where the next section begins, whichever that is.
                _end = section > sections[1] ? Math.Min(_end, (int)section) : _end;
            }

            _end = sections[1] == 0 ? _at : _end;
        }
        catch
        {
            _mapped.Dispose();
            throw;
        }
    }

    /// <summary>What tombstones call the series it stands on.</summary>
    public long Reference { get; private set; }

    /// <summary>How far it is, 0 to 1.</summary>
    public double Progress => _end == 0 ? 1 : Math.Min(1, (double)_at / _end);

    /// <summary>The chunks of the series it stands on, in order of time.</summary>
    public IReadOnlyList<PrometheusChunkPlace> Chunks => _chunks;

    /// <summary>The labels of the series it stands on.</summary>
    /// <exception cref="CorruptDataException">A label occurs twice or has no name.</exception>
    public Labels Labels()
    {
        var builder = new LabelsBuilder();
        for (int i = 0; i < _pairs.Count; i += 2)
        {
            string name = _symbols[_pairs[i]];
            if (name.Length == 0 || builder.Has(name))
            {
                throw Wrong(Reference * Alignment, $"a series has the label \"{name}\" twice, or one without a name");
            }

            builder.Set(name, _symbols[_pairs[i + 1]]);
        }

        return builder.ToLabels();
    }

    /// <summary>Moves to the next series.</summary>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> file = _mapped.Bytes;
        while (true)
        {
            int start = (_at + Alignment - 1) & ~(Alignment - 1);
            if (start >= _end)
            {
                _at = _end;
                return false;
            }

            try
            {
                var reader = new ByteReader(file[start.._end]);
                int length = reader.Count(int.MaxValue, 0);
                int body = start + reader.Position;
                if (length == 0)
                {
                    // Padding between two sections.
                    _at = start + 1;
                    continue;
                }

                if (length > _end - body - CrcBytes)
                {
                    throw new FormatException("a series reaches beyond its section");
                }

                ReadOnlySpan<byte> entry = file.Slice(body, length);
                if (BinaryPrimitives.ReadUInt32BigEndian(file[(body + length)..]) != Crc32C.Of(entry))
                {
                    throw new FormatException("a series is damaged: its checksum is wrong");
                }

                Reference = start / Alignment;
                Read(new ByteReader(entry));
                _at = body + length + CrcBytes;
                return true;
            }
            catch (FormatException e)
            {
                throw Wrong(start, e.Message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _mapped.Dispose();

    private void Read(ByteReader reader)
    {
        _pairs.Clear();
        int labels = reader.Count(LabelsMax);
        for (int i = 0; i < 2 * labels; i++)
        {
            int symbol = reader.Count(int.MaxValue, 0);
            _pairs.Add(symbol < _symbols.Length ? symbol : throw new FormatException("a series has a label that is not there"));
        }

        _chunks.Clear();
        int chunks = reader.Count(int.MaxValue, 3);
        long last = 0;
        long place = 0;
        for (int i = 0; i < chunks; i++)
        {
            long first = i == 0 ? reader.Zigzag() : unchecked(last + (long)reader.Varint());
            last = unchecked(first + (long)reader.Varint());
            place = i == 0 ? (long)reader.Varint() : unchecked(place + reader.Zigzag());
            _chunks.Add(new PrometheusChunkPlace(first, last, (int)(place >> 32), (uint)place));
        }
    }

    private string[] ReadSymbols(int at)
    {
        ReadOnlySpan<byte> file = _mapped.Bytes;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
        if (length < 4 || length > file.Length - at - 4 - CrcBytes)
        {
            throw Wrong(at, "the symbols reach beyond the file");
        }

        ReadOnlySpan<byte> body = file.Slice(at + 4, (int)length);
        if (BinaryPrimitives.ReadUInt32BigEndian(file[(at + 4 + (int)length)..]) != Crc32C.Of(body))
        {
            throw Wrong(at, "the symbols are damaged: their checksum is wrong");
        }

        uint count = BinaryPrimitives.ReadUInt32BigEndian(body);
        if (count > length)
        {
            throw Wrong(at, "there are more symbols than bytes of them");
        }

        try
        {
            var reader = new ByteReader(body[4..]);
            var symbols = new string[count];
            for (int i = 0; i < symbols.Length; i++)
            {
                symbols[i] = Encoding.UTF8.GetString(reader.Bytes(reader.Count(BatchRecord.TextBytesMax, 0)));
            }

            return symbols;
        }
        catch (FormatException e)
        {
            throw Wrong(at, $"the symbols make no sense: {e.Message}");
        }
    }

    private CorruptDataException Wrong(long at, string what) => new(_path, at, what);
}

/// <summary>Where a chunk of a Prometheus block lies.</summary>
/// <param name="FirstTime">Of its first sample.</param>
/// <param name="LastTime">Of its last.</param>
/// <param name="Segment">Which file, from 0.</param>
/// <param name="Offset">Where in it.</param>
internal readonly record struct PrometheusChunkPlace(long FirstTime, long LastTime, int Segment, uint Offset);
