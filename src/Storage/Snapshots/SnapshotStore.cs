using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// The snapshots of one shard: two head files are kept, and every chunk file either of them needs. One user at a time.
/// </summary>
/// <remarks>A chunk is written once, with the first snapshot after it was sealed; what is written anew each time is the series and their open chunks.</remarks>
public sealed class SnapshotStore
{
    private const int Kept = 2;

    private readonly IFiles _files;
    private readonly string _directory;
    private readonly Quarantine _quarantine;
    private readonly LossNotes _notes;
    private readonly int _shard;

    // Newest last.
    private readonly List<Saved> _saved = [];

    // Damaged heads: they lie where they are until what is lost with them is noted.
    private readonly List<string> _damagedHeads = [];
    private readonly ChunkFiles _chunks;
    private long _nextHead = 1;

    /// <summary>The snapshots in a directory; nothing is read yet.</summary>
    public SnapshotStore(IFiles files, string directory, string quarantine, ShardId shard)
    {
        _files = files;
        _directory = directory;
        _quarantine = new Quarantine(files, quarantine, shard.Value);
        _notes = new LossNotes(files, quarantine);
        _shard = shard.Value;
        _chunks = new ChunkFiles(files, directory, shard.Value);
    }

    /// <summary>Snapshots that could not be read, or not whole.</summary>
    public int Damaged { get; private set; }

    /// <summary>Records of chunk files that were lost.</summary>
    public int ChunkRecordsLost { get; private set; }

    /// <summary>
    /// Whether a damaged snapshot explains that the shard lacks records that the journal has no more: one of this start, or of one before that has not come as far
    /// as another snapshot.
    /// </summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    public bool HasDamaged() => Damaged > 0
        || _quarantine.Names().Any(name => SnapshotFormat.TryHeadNumber(name, out long number) && (_saved.Count == 0 || number > _saved[0].Number));

    /// <summary>Whether there were snapshots, and none could be loaded.</summary>
    public bool HasLostAll { get; private set; }

    /// <summary>
    /// Puts the damaged snapshots that <see cref="Load"/> found aside. Before, a start finds them again: whatever is lost with them has to be noted when this is called.
    /// </summary>
    /// <exception cref="IOException">One could not be moved.</exception>
    public void PutDamagedAside()
    {
        foreach (string path in _damagedHeads)
        {
            _quarantine.MoveAside(path);
        }

        _damagedHeads.Clear();
    }

    /// <summary>Notes that what only a damaged snapshot had is lost.</summary>
    /// <param name="nowMs">What time it is.</param>
    /// <exception cref="IOException">It could not be noted.</exception>
    public void NoteLost(long nowMs) => _notes.NoteSnapshot(_shard, nowMs);

    /// <summary>Writes a snapshot, reads it back, and deletes what is no longer needed. On any thread but one at a time.</summary>
    /// <exception cref="IOException">It could not be written or did not read back; the snapshots before are as they were.</exception>
    public SnapshotWritten Write(SnapshotJob job)
    {
        _files.CreateDirectory(_directory);
        var chunkFiles = new List<ChunkFile>();
        if (_saved.Count > 0)
        {
            chunkFiles.AddRange(_saved[^1].Chunks.Where(chunks => chunks.NewestTime >= job.AcceptFrom && !_chunks.IsInBlocks(chunks, job)));
        }

        var written = new List<string>();
        long chunkBytes = 0;
        long headBytes;
        try
        {
            for (int from = 0; from < job.Sealed.Count;)
            {
                ChunkFile chunks = _chunks.Write(job, ref from, written);
                chunkFiles.Add(chunks);
                chunkBytes += chunks.Length;
            }

            _chunks.MergeNeighbours(chunkFiles, written);
            long number = _nextHead++;
            string path = Path.Combine(_directory, SnapshotFormat.HeadName(number));
            written.Add(path);
            headBytes = WriteHead(job, path, number, chunkFiles);
            _saved.Add(new Saved(number, job.Seq, chunkFiles));
        }
        catch (IOException)
        {
            DeleteQuietly(written);
            throw;
        }

        StorageMetrics.SnapshotsWritten.Add(1);
        StorageMetrics.SnapshotBytes.Add(headBytes + chunkBytes);
        DeleteUnneeded();
        return new SnapshotWritten(job.Seq, ReleaseThrough, headBytes, chunkBytes)
        {
            OldestChunkTime = _saved.SelectMany(static saved => saved.Chunks).Select(chunks => _chunks.OldestTimeOf(chunks)).DefaultIfEmpty(long.MaxValue).Min(),
        };
    }

    /// <summary>The log up to here is needed by no snapshot that is kept; 0 while there are fewer than are to be kept.</summary>
    public long ReleaseThrough => _saved.Count >= Kept ? _saved[^Kept].Seq : 0;

    /// <summary>Puts the snapshots aside that hold more than a record: what they hold beyond it is not what the journal has. Before <see cref="Load"/>.</summary>
    /// <param name="seq">The last record that may be in one; 0 puts all aside.</param>
    /// <returns>How many.</returns>
    /// <exception cref="IOException">One could not be moved.</exception>
    public int PutAsideBeyond(long seq)
    {
        int moved = 0;
        foreach (string name in _files.List(_directory))
        {
            if (SnapshotFormat.TryHeadNumber(name, out long number))
            {
                string path = Path.Combine(_directory, name);
                if (TryKnow(number) is { } saved && saved.Seq > seq)
                {
                    _quarantine.MoveAside(path);
                    StorageMetrics.Quarantined.Add(1);
                    moved++;
                }
            }
        }

        return moved;
    }

    /// <summary>Reads the newest snapshot that is whole. A damaged one falls back to the one before, and lies there until <see cref="PutDamagedAside"/>.</summary>
    /// <param name="settings">For the shard made.</param>
    /// <returns>The shard, empty where there is no snapshot.</returns>
    /// <exception cref="CorruptDataException">A later version wrote it.</exception>
    public Shard Load(ShardSettings settings)
    {
        AtomicFile.DeleteUnfinished(_files, _directory);
        var heads = new List<long>();
        foreach (string name in _files.List(_directory))
        {
            PassNumberOf(name);
            if (SnapshotFormat.TryHeadNumber(name, out long head))
            {
                heads.Add(head);
            }
        }

        // What lies there is older than whatever is written from now on, and is not to be written over.
        foreach (string name in _quarantine.Names())
        {
            PassNumberOf(name);
        }

        heads.Sort();
        Shard? loaded = null;
        for (int i = heads.Count - 1; i >= 0; i--)
        {
            // The oldest is taken as it is: less is nowhere else.
            bool isOldest = i == 0;
            if (loaded is null)
            {
                loaded = TryLoad(heads[i], settings, isOldest);
            }
            else if (TryKnow(heads[i]) is { } older)
            {
                _saved.Insert(0, older);
            }
        }

        HasLostAll = loaded is null && heads.Count > 0;
        return loaded ?? new Shard(new ShardId(_shard), settings);
    }

    private void PassNumberOf(string name)
    {
        if (SnapshotFormat.TryHeadNumber(name, out long head))
        {
            _nextHead = Math.Max(_nextHead, head + 1);
        }
        else if (SnapshotFormat.TryChunksNumber(name, out long chunks))
        {
            _chunks.PassNumber(chunks);
        }
    }

    private Shard? TryLoad(long number, ShardSettings settings, bool takesLosses)
    {
        string path = Path.Combine(_directory, SnapshotFormat.HeadName(number));
        try
        {
            byte[] head = AtomicFile.ReadAll(_files, path);
            SnapshotReader.Verify(path, head, SnapshotFormat.Kind.Head, _shard, number);
            var shard = new Shard(new ShardId(_shard), settings);
            List<ChunkFile> chunkFiles = SnapshotReader.ReadHead(path, head, shard);
            for (int i = 0; i < chunkFiles.Count; i++)
            {
                int lost = ReadChunks(chunkFiles[i], shard);
                if (lost > 0)
                {
                    // Only the newest snapshot's own chunks may be whole in the log behind the one before.
                    if (!takesLosses && IsOwn(number, chunkFiles[i]))
                    {
                        // Left where it is, the next start would take it for one of the two that the log may be cut behind.
                        NoteDamaged(path);
                        return null;
                    }

                    NoteLost(chunkFiles[i]);
                    ChunkRecordsLost += lost;
                    StorageMetrics.Quarantined.Add(lost);
                }
            }

            shard.RestoreDone();
            _chunks.LoadedSeq = shard.AppliedSeq;
            _saved.Insert(0, new Saved(number, shard.AppliedSeq, chunkFiles));
            return shard;
        }
        catch (CorruptDataException e) when (!e.What.StartsWith("snapshot of version", StringComparison.Ordinal))
        {
            NoteDamaged(path);
            return null;
        }
    }

    // An older snapshot is only kept as a fallback: what matters is which chunk files it needs.
    private Saved? TryKnow(long number)
    {
        string path = Path.Combine(_directory, SnapshotFormat.HeadName(number));
        try
        {
            byte[] head = AtomicFile.ReadAll(_files, path);
            SnapshotReader.Verify(path, head, SnapshotFormat.Kind.Head, _shard, number);
            (long seq, List<ChunkFile> chunkFiles) = SnapshotReader.ReadState(path, head);
            return new Saved(number, seq, chunkFiles);
        }
        catch (CorruptDataException)
        {
            NoteDamaged(path);
            return null;
        }
    }

    private void NoteDamaged(string head)
    {
        Damaged++;
        StorageMetrics.SnapshotsDamaged.Add(1);
        _damagedHeads.Add(head);
    }

    private bool IsOwn(long number, ChunkFile file)
    {
        string before = Path.Combine(_directory, SnapshotFormat.HeadName(number - 1));
        if (!_files.Exists(before))
        {
            return false;
        }

        try
        {
            byte[] head = AtomicFile.ReadAll(_files, before);
            SnapshotReader.Verify(before, head, SnapshotFormat.Kind.Head, _shard, number - 1);
            return !SnapshotReader.ReadState(before, head).Chunks.Contains(file);
        }
        catch (CorruptDataException)
        {
            return false;
        }
    }

    private int ReadChunks(ChunkFile file, Shard shard)
    {
        string path = Path.Combine(_directory, SnapshotFormat.ChunksName(file.Number));
        if (!_files.Exists(path))
        {
            return 1;
        }

        byte[] bytes = AtomicFile.ReadAll(_files, path);
        int lost = SnapshotReader.ReadChunks(path, bytes, shard);
        if (lost == 0 && !SnapshotReader.HasSoundHead(path, bytes, SnapshotFormat.Kind.Chunks, _shard, file.Number))
        {
            // Every record is there; the damage is to be known all the same.
            Damaged++;
            StorageMetrics.SnapshotsDamaged.Add(1);
        }

        return lost;
    }

    // Once: when the copy, or the mark, is there, the note was before it, and whoever has deleted that one has seen to it.
    private void NoteLost(ChunkFile file)
    {
        string name = SnapshotFormat.ChunksName(file.Number);
        if (_files.Exists(_quarantine.PathOf(name)))
        {
            return;
        }

        _notes.NoteChunks(_shard, name, file.NewestTime);
        string path = Path.Combine(_directory, name);
        if (_files.Exists(path))
        {
            _quarantine.CopyAside(path);
        }
        else
        {
            _quarantine.Mark(name);
        }
    }

    private long WriteHead(SnapshotJob job, string path, long number, List<ChunkFile> chunkFiles)
    {
        AtomicFile.Write(_files, path, file =>
        {
            var writer = new SnapshotWriter(file, SnapshotFormat.Kind.Head, _shard, number);
            writer.Begin();
            writer.State(job, chunkFiles);
            writer.Deleted(job.View.Pin.Parts.Deleted);
            writer.Late(job.View.Pin.Parts.Late);
            writer.End(writer.Series(job.View.Reader));
        });
        return SnapshotReader.ReadBack(_files, path, SnapshotFormat.Kind.Head, _shard, number);
    }

    // The snapshot is there, whatever becomes of old files: one that cannot be deleted now goes after the next snapshot.
    private void DeleteUnneeded()
    {
        try
        {
            DeleteAllUnneeded();
        }
        catch (IOException)
        {
            StorageMetrics.SnapshotFilesLeft.Add(1);
        }
    }

    private void DeleteAllUnneeded()
    {
        while (_saved.Count > Kept)
        {
            _files.Delete(Path.Combine(_directory, SnapshotFormat.HeadName(_saved[0].Number)));
            _saved.RemoveAt(0);
        }

        HashSet<long> needed = [.. _saved.SelectMany(static saved => saved.Chunks).Select(static chunks => chunks.Number)];
        foreach (string name in _files.List(_directory))
        {
            if (SnapshotFormat.TryChunksNumber(name, out long number) && !needed.Contains(number))
            {
                _files.Delete(Path.Combine(_directory, name));
                _chunks.Forget(number);
            }
        }
    }

    // The head first, which names the others: a stop in between leaves no snapshot that lacks some of its chunks.
    private void DeleteQuietly(List<string> written)
    {
        try
        {
            for (int i = written.Count - 1; i >= 0; i--)
            {
                _files.Delete(written[i]);
            }
        }
        catch (IOException)
        {
            // What is left is whole; the next snapshot that succeeds deletes what nobody refers to.
        }
    }

    private sealed record Saved(long Number, long Seq, List<ChunkFile> Chunks);
}
