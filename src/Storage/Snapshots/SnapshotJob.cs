namespace Pleiad.Storage;

/// <summary>What a snapshot of a shard needs, taken in constant time.</summary>
public sealed class SnapshotJob
{
    internal SnapshotJob(ShardView view, ByteArena arena, List<SealedReference> chunks, long acceptFrom, long newestTime, long logBytes, (long Seq, long Before) sealedUpTo,
        long journalHash)
    {
        View = view;
        Arena = arena;
        Sealed = chunks;
        AcceptFrom = acceptFrom;
        NewestTime = newestTime;
        LogBytes = logBytes;
        SealedUpTo = sealedUpTo;
        JournalHash = journalHash;
    }

    /// <summary>The last batch the snapshot will hold.</summary>
    public long Seq => View.Seq;

    internal ShardView View { get; }

    internal ByteArena Arena { get; }

    internal List<SealedReference> Sealed { get; }

    internal long AcceptFrom { get; }

    internal long NewestTime { get; }

    internal long LogBytes { get; }

    internal (long Seq, long Before) SealedUpTo { get; }

    internal long JournalHash { get; }
}

/// <summary>A snapshot that is on the device and has been read back.</summary>
/// <param name="Seq">The last batch it holds.</param>
/// <param name="ReleaseThrough">The last batch the snapshot before it holds: up to there the log may be cut. 0 for nothing.</param>
/// <param name="HeadBytes">Bytes of its head file, which every snapshot writes anew.</param>
/// <param name="ChunkBytes">Bytes of chunks written with it; each chunk is written once.</param>
public readonly record struct SnapshotWritten(long Seq, long ReleaseThrough, long HeadBytes, long ChunkBytes)
{
    /// <summary>No chunk that a start may load from the snapshots kept has an older sample; <see cref="long.MinValue"/> where that is not known.</summary>
    public long OldestChunkTime { get; init; } = long.MinValue;
}

/// <summary>The open chunk of a series in a snapshot.</summary>
/// <param name="Encoding">How it is written.</param>
/// <param name="Count">Samples; 0 for no open chunk.</param>
/// <param name="FirstTime">Of its first sample.</param>
/// <param name="LastTime">Of the series' last sample; only where there is no open chunk.</param>
/// <param name="LastValue">Its bits.</param>
internal readonly record struct SavedTail(ChunkEncoding Encoding, int Count, long FirstTime, long LastTime, ulong LastValue);
