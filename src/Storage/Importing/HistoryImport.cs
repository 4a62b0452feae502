using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// Writes samples from elsewhere into blocks of a data directory that no node uses meanwhile. What is there already is left out, so
/// that the same history can come again; a stop at any moment loses nothing that was there.
/// </summary>
/// <param name="data">Recovered; its shards are used by nobody else. Different shards may be written to side by side.</param>
/// <remarks>Why blocks and not the journal: docs/decisions/0018.</remarks>
public sealed class HistoryImport(RecoveredData data)
{
    /// <summary>Writes samples of one shard into one block.</summary>
    /// <param name="shard">Whose they are.</param>
    /// <param name="range">They all lie in it.</param>
    /// <param name="feed">Pushes the series into what it is given, in the order of their labels.</param>
    /// <returns>What became of the samples.</returns>
    /// <exception cref="IOException">The block could not be written; there is none then.</exception>
    /// <exception cref="HistoryException">A series that cannot be stored.</exception>
    public HistoryWritten Write(ShardId shard, TimeRange range, Action<HistoryWriter> feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        Shard owner = data.Shards[shard.Value];
        BlockStore store = data.Blocks[shard.Value];
        if (!owner.IsInBlocksWhole)
        {
            Seal(owner, store);
        }

        using ShardView view = owner.View();
        HistoryWriter? writer = null;
        Block? block = store.WriteHistory(view, builder =>
        {
            writer = new HistoryWriter(view, range, builder);
            feed(writer);
        });
        if (block is not null)
        {
            owner.AddHistory(block);
        }

        return writer!.Written with { Blocks = block is null ? 0 : 1, Bytes = block?.Length ?? 0 };
    }

    // A node that starts again finds by itself what of its journal is in blocks.
    private static void Seal(Shard shard, BlockStore store)
    {
        SealJob job = shard.BeginSeal(shard.NewestTime + 1);
        SealWritten? written = null;
        try
        {
            written = store.Write(job);
        }
        finally
        {
            shard.CompleteSeal(job, written);
        }
    }
}

/// <summary>Samples that cannot be stored.</summary>
public sealed class HistoryException(string message) : Exception(message);

/// <summary>What became of samples that were to be written.</summary>
/// <param name="Samples">Written.</param>
/// <param name="Known">Were there already, or came twice.</param>
/// <param name="Conflicting">Others were there at their time, which stay.</param>
/// <param name="Blocks">Blocks written.</param>
/// <param name="Bytes">Bytes of them.</param>
public readonly record struct HistoryWritten(long Samples, long Known, long Conflicting, int Blocks, long Bytes)
{
    /// <summary>Both.</summary>
    public static HistoryWritten operator +(HistoryWritten left, HistoryWritten right) => new(
        left.Samples + right.Samples, left.Known + right.Known, left.Conflicting + right.Conflicting, left.Blocks + right.Blocks, left.Bytes + right.Bytes);
}
