using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Finds series of the head in blocks, and one series in a block, by the hashes blocks keep.</summary>
internal static class BlockedInHead
{
    /// <summary>Which series of the head are in a block, and how far.</summary>
    public static List<BlockedSeries> Of(BlockList blocks, SeriesTable table, LabelIndex index)
    {
        var slotsOfHash = new Dictionary<uint, List<int>>();
        long oldest = long.MaxValue;
        for (int number = 0; number < table.End; number++)
        {
            ref readonly SeriesSlot slot = ref table[number];
            if (slot.InUse && slot.OldestTime <= blocks.NewestTime)
            {
                oldest = Math.Min(oldest, slot.OldestTime);
                (CollectionsMarshal.GetValueRefOrAddDefault(slotsOfHash, (uint)(slot.Hash >> 32), out _) ??= []).Add(number);
            }
        }

        var through = new Dictionary<int, long>();

        // Most often the head begins where the newest block ends, and there is nothing to be looked for.
        foreach (Block block in blocks.Blocks.Where(block => block.MaxTime >= oldest))
        {
            var reader = new BlockSeriesReader(block);
            for (int series = 0; series < block.SeriesCount; series++)
            {
                if (!slotsOfHash.TryGetValue(block.HashOf(series), out List<int>? slots))
                {
                    continue;
                }

                reader.MoveTo(series);
                Labels labels = reader.Labels();
                foreach (int number in slots)
                {
                    if (labels.Equals(index.LabelsOf(table.PairsOf(table[number]))))
                    {
                        ref long last = ref CollectionsMarshal.GetValueRefOrAddDefault(through, number, out bool known);
                        last = known ? Math.Max(last, reader.LastTime) : reader.LastTime;
                    }
                }
            }
        }

        return [.. through.Select(pair => new BlockedSeries(pair.Key, table[pair.Key].Generation, pair.Value))];
    }

    /// <summary>A reader that stands on a series, or null where the block does not have it.</summary>
    public static BlockSeriesReader? Find(Block block, Labels labels, DeletedInBlock? deleted = null)
    {
        ReadOnlySpan<byte> bytes = block.Section(BlockSection.Hashes);
        BlockSeriesReader? reader = null;
        uint hash = (uint)(labels.Hash >> 32);
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("blocks are read on little-endian machines only");
        }

        for (int series = 0; series < block.SeriesCount; series++)
        {
            // The hashes lie where they fall in the file: read as unaligned numbers, a vector at a time.
            int found = IndexOf(bytes[(4 * series)..], hash);
            if (found < 0)
            {
                return null;
            }

            series += found;
            reader ??= new BlockSeriesReader(block, deleted);
            reader.MoveTo(series);
            if (reader.Labels().Equals(labels))
            {
                return reader;
            }
        }

        return null;
    }

    private static int IndexOf(ReadOnlySpan<byte> bytes, uint hash) => MemoryMarshal.Cast<byte, uint>(bytes).IndexOf(hash);
}
