using System.Diagnostics;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>What becomes of a sample, where blocks have to be asked.</content>
public sealed partial class Shard
{
    // Of a series that the head has no sample of, blocks know the newest: what comes is decided against that.
    private int InBlocks(Labels labels, long time, ulong bits)
    {
        if (time > Blocks.NewestTime)
        {
            return Fresh;
        }

        long newest = long.MinValue;
        BlockSeriesReader? last = null;
        foreach (Block block in Blocks.Blocks)
        {
            if (block.MaxTime >= time && BlockedInHead.Find(block, labels) is { } reader && reader.LastTime > newest)
            {
                newest = reader.LastTime;
                last = reader;
            }
        }

        if (last is null || newest < time)
        {
            return Fresh;
        }

        // What is deleted of a block is no twin: looking for one sample of late samples knows that.
        return newest > time || (_lateWindowMs > 0 && Tombstones.Count > 0) ? Behind : BitsOfLast(last) == bits ? Twin : Conflict;
    }

    private const int Fresh = 0;
    private const int Behind = -3;
    private const int Twin = -4;
    private const int Conflict = -5;
    private const int BeyondWindow = -6;
    private const int LateLimit = -7;
    private const int NoMemory = -8;
    private const int OverNode = -9;
    private const int OverTarget = -10;
    private const int OverMetric = -11;
    private const int VerdictsEnd = 12;

    private ulong? BitsOfLast(BlockSeriesReader reader)
    {
        using var columns = new SampleColumns();
        reader.Read(TimeRange.Closed(reader.LastTime, reader.LastTime), columns);
        if (columns.Count == 0)
        {
            // Damaged: whatever it was, this is not known to be the same.
            return null;
        }

        Debug.Assert(columns.Count == 1, "one sample has this time");
        return BitsOf(columns, 0);
    }

    private static ulong BitsOf(SampleColumns columns, int index)
    {
        if (columns.HasHistograms && columns.Histograms[index] is { } histogram)
        {
            var bytes = new ByteWriter();
            HistogramCodec.Write(bytes, histogram);
            return XxHash64.Of(bytes.Written);
        }

        return BitConverter.DoubleToUInt64Bits(columns.Values[index]);
    }
}
