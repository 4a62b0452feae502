using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pleiad.Storage;

/// <summary>The parts of a block behind its chunks, in the order they lie in.</summary>
internal enum BlockSection
{
    /// <summary>What the block replaces.</summary>
    Meta,

    /// <summary>All label names and values, sorted, each against the one before.</summary>
    Texts,

    /// <summary>Where each group of texts begins.</summary>
    TextGroups,

    /// <summary>For each label name its text and its first pair.</summary>
    Names,

    /// <summary>For each pair the text of its value and where its postings begin.</summary>
    Pairs,

    /// <summary>For each pair its series.</summary>
    Postings,

    /// <summary>For each series its pairs and chunks.</summary>
    Series,

    /// <summary>Where each group of series begins, and where its chunks do.</summary>
    SeriesGroups,

    /// <summary>For each series 32 bits of the hash of its labels.</summary>
    Hashes,

    /// <summary>The checksums of the frames: where the index ends.</summary>
    Frames,
}

/// <summary>The end of a block: how much there is of everything and where it lies.</summary>
internal struct BlockTrailer
{
    /// <summary>Bytes of a trailer.</summary>
    public const int Bytes = 104;

    private const int SectionCount = (int)BlockSection.Frames + 1;
    private const ulong Magic = 0x4B4C_4244_4E45_4C50; // "PLENDBLK"

    private Offsets _starts;

    /// <summary>Samples.</summary>
    public long Samples { get; set; }

    /// <summary>Time of the oldest.</summary>
    public long MinTime { get; set; }

    /// <summary>Time of the newest.</summary>
    public long MaxTime { get; set; }

    /// <summary>Series.</summary>
    public int Series { get; set; }

    /// <summary>Different texts.</summary>
    public int Texts { get; set; }

    /// <summary>Label names.</summary>
    public int Names { get; set; }

    /// <summary>Label pairs.</summary>
    public int Pairs { get; set; }

    /// <summary>Chunks.</summary>
    public int Chunks { get; set; }

    /// <summary>Checksum of the checksums of the frames.</summary>
    public uint FramesCrc { get; set; }

    /// <summary>How many frames the bytes before the checksums are.</summary>
    public readonly int FrameCount => (Start(BlockSection.Frames) + BlockFormat.FrameBytes - 1) >> BlockFormat.FrameShift;

    /// <summary>Where a section begins.</summary>
    public readonly int Start(BlockSection section) => _starts[(int)section];

    /// <summary>Says where a section begins.</summary>
    public void SetStart(BlockSection section, int start) => _starts[(int)section] = start;

    /// <summary>Writes the trailer.</summary>
    public readonly void Write(Span<byte> into)
    {
        into[..Bytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(into, Samples);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], MinTime);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], MaxTime);
        BinaryPrimitives.WriteInt32LittleEndian(into[24..], Series);
        BinaryPrimitives.WriteInt32LittleEndian(into[28..], Texts);
        BinaryPrimitives.WriteInt32LittleEndian(into[32..], Names);
        BinaryPrimitives.WriteInt32LittleEndian(into[36..], Pairs);
        BinaryPrimitives.WriteInt32LittleEndian(into[40..], Chunks);
        for (int i = 0; i < SectionCount; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(into[(48 + (4 * i))..], _starts[i]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(into[88..], FramesCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(into[92..], Crc32C.Of(into[..92]));
        BinaryPrimitives.WriteUInt64LittleEndian(into[96..], Magic);
    }

    /// <summary>Reads the trailer of a file and checks that it fits the file.</summary>
    /// <exception cref="CorruptDataException">It does not.</exception>
    public static BlockTrailer Read(string path, ReadOnlySpan<byte> file)
    {
        if (file.Length < BlockFormat.HeadBytes + Bytes)
        {
            throw new CorruptDataException(path, file.Length, "the file is too short to be a block");
        }

        ReadOnlySpan<byte> from = file[^Bytes..];
        if (BinaryPrimitives.ReadUInt64LittleEndian(from[96..]) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(from[92..]) != Crc32C.Of(from[..92]))
        {
            throw new CorruptDataException(path, file.Length - Bytes, "the end of the file is damaged or missing");
        }

        var trailer = new BlockTrailer
        {
            Samples = BinaryPrimitives.ReadInt64LittleEndian(from),
            MinTime = BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
            MaxTime = BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            Series = BinaryPrimitives.ReadInt32LittleEndian(from[24..]),
            Texts = BinaryPrimitives.ReadInt32LittleEndian(from[28..]),
            Names = BinaryPrimitives.ReadInt32LittleEndian(from[32..]),
            Pairs = BinaryPrimitives.ReadInt32LittleEndian(from[36..]),
            Chunks = BinaryPrimitives.ReadInt32LittleEndian(from[40..]),
            FramesCrc = BinaryPrimitives.ReadUInt32LittleEndian(from[88..]),
        };
        int before = BlockFormat.HeadBytes;
        for (int i = 0; i < SectionCount; i++)
        {
            int start = BinaryPrimitives.ReadInt32LittleEndian(from[(48 + (4 * i))..]);
            trailer._starts[i] = start;
            if (start < before || start > file.Length - Bytes)
            {
                throw new CorruptDataException(path, file.Length - Bytes, "the sections of the file do not fit it");
            }

            before = start;
        }

        if (trailer.Start(BlockSection.Frames) + (4L * trailer.FrameCount) + Bytes != file.Length)
        {
            throw new CorruptDataException(path, file.Length - Bytes, "the file is shorter or longer than it says");
        }

        return trailer;
    }

    [InlineArray(SectionCount)]
    private struct Offsets
    {
        private int _first;
    }
}
