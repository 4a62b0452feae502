using System.Numerics;

namespace Pleiad.Storage;

/// <summary>The files of chunks that the snapshots of a shard refer to. One user at a time.</summary>
internal sealed class ChunkFiles(IFiles files, string directory, int shard)
{
    // The snapshot each file came with, and its oldest sample; those of before the start came with the one loaded, or before.
    private readonly Dictionary<long, (long Seq, long OldestTime)> _origins = [];
    private long _next = 1;

    /// <summary>The record that the snapshot has which was loaded.</summary>
    public long LoadedSeq { get; set; }

    /// <summary>A number is taken: those of new files are larger.</summary>
    public void PassNumber(long number) => _next = Math.Max(_next, number + 1);

    /// <summary>A file is deleted.</summary>
    public void Forget(long number) => _origins.Remove(number);

    /// <summary>The oldest sample of a file; <see cref="long.MinValue"/> where it was there before the start.</summary>
    public long OldestTimeOf(ChunkFile chunks) => OriginOf(chunks).OldestTime;

    /// <summary>Writes sealed chunks, as many as go into a file, and reads it back.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="from">The first of them; then the first that is not in it.</param>
    /// <param name="written">The path is added to it before anything is written there.</param>
    /// <exception cref="IOException">It could not be written or did not read back.</exception>
    public ChunkFile Write(SnapshotJob job, ref int from, List<string> written)
    {
        long number = _next++;
        string path = Path.Combine(directory, SnapshotFormat.ChunksName(number));
        written.Add(path);
        int next = from;
        long oldest = long.MaxValue;
        long newest = long.MinValue;
        AtomicFile.Write(files, path, file =>
        {
            var writer = new SnapshotWriter(file, SnapshotFormat.Kind.Chunks, shard, number);
            writer.Begin();
            long count = writer.Chunks(job.Arena, job.Sealed, ref next, out oldest, out newest);
            writer.End(count);
        });
        from = next;
        _origins[number] = (job.Seq, oldest);
        return new ChunkFile(number, SnapshotReader.ReadBack(files, path, SnapshotFormat.Kind.Chunks, shard, number), newest);
    }

    /// <summary>
    /// Whether blocks have all of a file: what was sealed into them had been applied up to a batch and lay before a time, and chunks of later batches may be of
    /// earlier times.
    /// </summary>
    public bool IsInBlocks(ChunkFile chunks, SnapshotJob job) =>
        chunks.NewestTime < job.SealedUpTo.Before && OriginOf(chunks).Seq <= job.SealedUpTo.Seq;

    /// <summary>Makes one of several files that are as large. Neighbours only: the chunks of a series must stay in order.</summary>
    /// <param name="ofSnapshot">Those of a snapshot, the oldest first; they become what they are afterwards.</param>
    /// <param name="written">Paths are added to it before anything is written there.</param>
    /// <exception cref="IOException">It could not be written or did not read back.</exception>
    public void MergeNeighbours(List<ChunkFile> ofSnapshot, List<string> written)
    {
        for (int start = ofSnapshot.Count - SnapshotFormat.MergedFiles; start >= 0; start--)
        {
            List<ChunkFile> neighbours = ofSnapshot.GetRange(start, SnapshotFormat.MergedFiles);
            int tier = TierOf(neighbours[0]);
            if (neighbours.Any(file => TierOf(file) != tier || file.Length > SnapshotFormat.ChunkFileBytes / 2))
            {
                continue;
            }

            if (TryMerge(neighbours, written) is { } merged)
            {
                _origins[merged.Number] = (neighbours.Max(file => OriginOf(file).Seq), neighbours.Min(file => OriginOf(file).OldestTime));
                ofSnapshot.RemoveRange(start, neighbours.Count);
                ofSnapshot.Insert(start, merged);
            }

            return;
        }
    }

    private static int TierOf(ChunkFile file) => BitOperations.Log2((ulong)file.Length) / BitOperations.Log2(SnapshotFormat.MergedFiles);

    // Null where one of them is damaged: it stays as it is, for the next start to count what is lost.
    private ChunkFile? TryMerge(List<ChunkFile> parts, List<string> written)
    {
        long number = _next++;
        string path = Path.Combine(directory, SnapshotFormat.ChunksName(number));
        written.Add(path);
        try
        {
            AtomicFile.Write(files, path, file =>
            {
                var writer = new SnapshotWriter(file, SnapshotFormat.Kind.Chunks, shard, number);
                writer.Begin();
                long count = 0;
                foreach (ChunkFile part in parts)
                {
                    string from = Path.Combine(directory, SnapshotFormat.ChunksName(part.Number));
                    byte[] bytes = AtomicFile.ReadAll(files, from);
                    SnapshotReader.Verify(from, bytes, SnapshotFormat.Kind.Chunks, shard, part.Number);
                    foreach (FoundRecord record in SegmentScan.Of(bytes, SnapshotFormat.HeadBytes).Records)
                    {
                        ReadOnlySpan<byte> frame = bytes.AsSpan(record.Start, record.Length);
                        if (record.Head.Epoch == (long)SnapshotFormat.Frame.Chunks)
                        {
                            writer.CopyChunks(frame);
                        }
                        else
                        {
                            var end = new ByteReader(frame);
                            count += (long)end.Varint();
                        }
                    }
                }

                writer.End(count);
            });
        }
        catch (CorruptDataException)
        {
            return null;
        }

        return new ChunkFile(number, SnapshotReader.ReadBack(files, path, SnapshotFormat.Kind.Chunks, shard, number), parts.Max(static part => part.NewestTime));
    }

    private (long Seq, long OldestTime) OriginOf(ChunkFile chunks) => _origins.GetValueOrDefault(chunks.Number, (LoadedSeq, long.MinValue));
}
