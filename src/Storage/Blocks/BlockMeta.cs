using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>What a block says of itself as a whole.</summary>
/// <param name="Replaces">Numbers of the blocks whose samples are in it.</param>
/// <param name="TombstonesApplied">The number of the last tombstone there was when it was written.</param>
/// <param name="Rollup">Null for a block of samples.</param>
internal sealed record BlockMeta(IReadOnlyList<long> Replaces, long TombstonesApplied, RollupExtent? Rollup)
{
    /// <summary>Where the pieces of a block that was read lie; null where it is not compressed.</summary>
    public BlockPieces? Pieces { get; private init; }

    /// <summary>Appends it.</summary>
    public void Write(ByteWriter to)
    {
        to.Varint(Replaces.Count);
        foreach (long number in Replaces)
        {
            to.Varint((ulong)number);
        }

        to.Varint((ulong)TombstonesApplied);
        if (Rollup is { } rollup)
        {
            to.Varint((ulong)rollup.ResolutionMs);
            to.Zigzag(rollup.Ends.After);
            to.Varint((ulong)(rollup.Ends.Through - rollup.Ends.After));
            to.Varint((ulong)rollup.SourcesThrough);
        }
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="CorruptDataException">It makes no sense.</exception>
    public static BlockMeta Read(string path, ReadOnlySpan<byte> file, in BlockTrailer trailer, ushort version, PieceCache cache)
    {
        try
        {
            var reader = new ByteReader(file[trailer.Start(BlockSection.Meta)..trailer.Start(BlockSection.Texts)]);
            int count = reader.Count(BlockFormat.ReplacesMax);
            var replaces = new List<long>(count);
            for (int i = 0; i < count; i++)
            {
                replaces.Add((long)reader.Varint());
            }

            // Version 1 knew no tombstones.
            long tombstones = reader.Left > 0 ? (long)reader.Varint() : 0;
            if (version != BlockFormat.RollupVersion)
            {
                return new BlockMeta(replaces, tombstones, null)
                {
                    Pieces = version == BlockFormat.CompressedVersion ? BlockPieces.Read(ref reader, trailer.Start(BlockSection.Meta), cache) : null,
                };
            }

            var resolution = (long)reader.Varint();
            long after = reader.Zigzag();
            var rollup = new RollupExtent(resolution, new TimeRange(after, unchecked(after + (long)reader.Varint())), (long)reader.Varint());
            return rollup.IsSound
                ? new BlockMeta(replaces, tombstones, rollup)
                : throw new FormatException("rollups of no resolution or no time");
        }
        catch (FormatException e)
        {
            throw new CorruptDataException(path, trailer.Start(BlockSection.Meta), e.Message);
        }
    }
}

/// <summary>What a block of rollups covers.</summary>
/// <param name="ResolutionMs">Length of its buckets.</param>
/// <param name="Ends">All buckets that end in it are in the block: a series without one has no sample there.</param>
/// <param name="SourcesThrough">Every block of samples up to this number was looked at, here or for blocks of rollups before it.</param>
internal sealed record RollupExtent(long ResolutionMs, TimeRange Ends, long SourcesThrough)
{
    /// <summary>Whether it can be.</summary>
    public bool IsSound => ResolutionMs > 0 && Ends.Through > Ends.After && SourcesThrough >= 0
        && Ends.After % ResolutionMs == 0 && Ends.Through % ResolutionMs == 0;
}
