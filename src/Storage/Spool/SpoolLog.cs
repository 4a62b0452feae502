namespace Pleiad.Storage;

/// <summary>
/// Records that a leader and a copy keep on their disks while the journal of a cluster cannot be written. Of each shard it holds one chain:
/// consecutive records, each with the rolling hash of those before it. Thread-safe; nobody but who writes waits for the disk.
/// </summary>
/// <remarks>
/// What has been let go may be there again after a crash; the journal then has it, and whoever reads the chain finds that out. A failed write
/// or flush ends the file it was made to: nothing is added to that any more, and what of it is not durable is in no chain.
/// </remarks>
public sealed partial class SpoolLog : IDisposable
{
    // Of what is known about the files; never held over input or output.
    private readonly Lock _gate = new();
    private readonly IFiles _files;
    private readonly string _path;
    private readonly string _quarantine;
    private readonly SpoolSettings _settings;
    private readonly TimeProvider _time;
    private readonly Dictionary<int, SpoolChain> _chains = [];
    private readonly Dictionary<int, long> _fences = [];
    private readonly SortedDictionary<long, SpoolPart> _parts = [];
    private long _records;

    private SpoolLog(IFiles files, string path, string quarantine, SpoolSettings settings, TimeProvider time)
    {
        _files = files;
        _path = path;
        _quarantine = quarantine;
        _settings = settings;
        _time = time;
    }

    /// <summary>Records that were found damaged when it was opened; the bytes are in quarantine.</summary>
    public int DamagedCount { get; private set; }

    /// <summary>Opens the spool of a data directory, with what it held.</summary>
    /// <exception cref="IOException">It cannot be read, or the file that was written last cannot be written anew.</exception>
    public static SpoolLog Open(DataDirectory directory, SpoolSettings settings, TimeProvider time) =>
        Open(directory.Files, PathIn(directory), directory.QuarantinePath, settings, time);

    internal static SpoolLog Open(IFiles files, string path, string quarantine, SpoolSettings settings, TimeProvider time)
    {
        var spool = new SpoolLog(files, path, quarantine, settings, time);
        files.CreateDirectory(path);
        AtomicFile.DeleteUnfinished(files, path);
        long[] numbers = NumbersIn(files, path);
        foreach (long number in numbers)
        {
            spool.ReadPart(number, isLast: number == numbers[^1]);
        }

        spool._nextNumber = numbers.Length == 0 ? 1 : numbers[^1] + 1;
        spool._records = spool._chains.Values.Sum(static chain => chain.Count);
        spool.DeleteDeadParts();
        return spool;
    }

    /// <summary>Whether anything is added at all; else it has what is left of a time when it was.</summary>
    public bool IsUsed => _settings.BytesMax > 0;

    /// <summary>How much of its room is used.</summary>
    public SpoolUse Use
    {
        get
        {
            lock (_gate)
            {
                (long bytes, long oldest) = (0, long.MaxValue);
                foreach (SpoolPart part in _parts.Values)
                {
                    bytes += part.Bytes;
                    oldest = part.Live > 0 ? Math.Min(oldest, part.FirstAt) : oldest;
                }

                TimeSpan age = oldest == long.MaxValue ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Max(0, NowMs() - oldest));
                double share = _records == 0 ? 0 : Math.Max((double)bytes / Math.Max(1, _settings.BytesMax), age / _settings.AgeMax);
                return new SpoolUse(_records, bytes, age, share);
            }
        }
    }

    /// <summary>Whether it holds anything of a shard.</summary>
    public bool Holds(int shard)
    {
        lock (_gate)
        {
            return _chains.ContainsKey(shard);
        }
    }

    /// <summary>The first and the last record of a shard's chain; null where there is none.</summary>
    public (SpoolEntry First, SpoolEntry Last)? EndsOf(int shard)
    {
        lock (_gate)
        {
            return _chains.TryGetValue(shard, out SpoolChain? chain) ? (chain.First, chain.Last) : null;
        }
    }

    /// <summary>A record of a shard; null where it is not here.</summary>
    public SpoolEntry? Find(int shard, long seq)
    {
        lock (_gate)
        {
            return _chains.TryGetValue(shard, out SpoolChain? chain) && chain.TryFind(seq, out SpoolPlace place) ? place.Entry : null;
        }
    }

    /// <summary>The chain of a shard, in order. What lies behind damage is not in it: that is the chain when this has been let go of.</summary>
    public IReadOnlyList<SpoolEntry> EntriesOf(int shard)
    {
        lock (_gate)
        {
            return _chains.TryGetValue(shard, out SpoolChain? chain) ? chain.Entries : [];
        }
    }

    /// <summary>The records of a shard from a number on, those behind damage as well.</summary>
    public IReadOnlyList<SpoolEntry> EntriesFrom(int shard, long seq)
    {
        lock (_gate)
        {
            return _chains.TryGetValue(shard, out SpoolChain? chain) ? chain.EntriesFrom(seq) : [];
        }
    }

    /// <summary>
    /// From now on nothing more is kept of a shard's terms before an epoch: whoever reads its chain then has all that was ever acknowledged from here.
    /// Until the end of the process.
    /// </summary>
    public void Fence(int shard, long epoch)
    {
        lock (_gate)
        {
            _fences[shard] = Math.Max(epoch, _fences.GetValueOrDefault(shard));
        }
    }

    /// <summary>Whether nothing more is kept of a shard's term.</summary>
    public bool IsFenced(int shard, long epoch)
    {
        lock (_gate)
        {
            return epoch < _fences.GetValueOrDefault(shard);
        }
    }

    /// <summary>Whether a run of records goes on where the chain of its shard ends, or lies in it; any run does where there is no chain. None of a term that is over.</summary>
    /// <param name="shard">Whose.</param>
    /// <param name="epoch">Of whoever leads it.</param>
    /// <param name="firstSeq">Of the run.</param>
    /// <param name="hashBefore">The rolling hash before it.</param>
    public bool GoesOnWith(int shard, long epoch, long firstSeq, long hashBefore)
    {
        lock (_gate)
        {
            return epoch >= _fences.GetValueOrDefault(shard)
                && (!_chains.TryGetValue(shard, out SpoolChain? chain)
                    || chain.GoesOnWith(firstSeq, hashBefore)
                    || (chain.TryFindFirst(firstSeq, out SpoolPlace there) && there.Entry.HashBefore == hashBefore));
        }
    }

    /// <summary>Keeps records, durable when it returns. Those that are in their chain already are passed over.</summary>
    /// <returns>The shards of whose records none is kept: one does not follow on their chain, or is of a term that is over.</returns>
    /// <exception cref="IOException">None of them is kept: they could not be written, or nothing is to be spooled.</exception>
    public IReadOnlySet<int> Append(IReadOnlyList<SpooledRecord> records)
    {
        if (!IsUsed)
        {
            throw new IOException("nothing is to be spooled here");
        }

        lock (_writing)
        {
            var refused = new HashSet<int>();
            List<SpooledRecord> added;
            lock (_gate)
            {
                added = NewOf(records, refused);
            }

            if (added.Count > 0)
            {
                long now = NowMs();
                (SpoolPart part, long at) = Write(added, now);
                lock (_gate)
                {
                    AddTo(part, added, at, now, refused);
                }
            }

            return refused;
        }
    }

    /// <summary>Lets go of a shard's records up to a number: the journal has them, or they are kept elsewhere.</summary>
    public void Release(int shard, long throughSeq) => LetGo(shard, chain => chain.Release(throughSeq));

    /// <summary>Lets go of a shard's records from a number on: nobody can read them, and whoever has them whole may send them again.</summary>
    public void Cut(int shard, long fromSeq) => LetGo(shard, chain => chain.Cut(fromSeq));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writing)
        {
            EndPart();
        }
    }

    private void LetGo(int shard, Action<SpoolChain> of)
    {
        bool isEmpty;
        lock (_gate)
        {
            if (!_chains.TryGetValue(shard, out SpoolChain? chain))
            {
                return;
            }

            int before = chain.Count;
            of(chain);
            _records -= before - chain.Count;
            if (chain.IsEmpty)
            {
                _chains.Remove(shard);
            }

            isEmpty = _records == 0;
        }

        // Who writes just now has something for it.
        if (isEmpty && _writing.TryEnter())
        {
            try
            {
                EndPart();
            }
            finally
            {
                _writing.Exit();
            }
        }

        DeleteDeadParts();
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private string PathOf(long number) => Path.Combine(_path, SpoolFormat.NameOf(number));

    private static SpoolPlace PlaceOf(in SpooledRecord record, SpoolPart part, long at) =>
        new(new SpoolEntry(record.Epoch, record.Seq, record.HashBefore, record.Hash, record.Payload.Length), part, at, record.Payload.Length);

    private SpoolChain ChainOf(int shard)
    {
        if (!_chains.TryGetValue(shard, out SpoolChain? chain))
        {
            _chains.Add(shard, chain = new SpoolChain());
        }

        return chain;
    }

    // Of each shard all or none: a gap would be acknowledged with what comes behind it.
    private List<SpooledRecord> NewOf(IReadOnlyList<SpooledRecord> records, HashSet<int> refused)
    {
        var ends = new Dictionary<int, (long Seq, long Hash)>();
        var added = new List<SpooledRecord>(records.Count);
        foreach (SpooledRecord record in records)
        {
            SpoolChain? chain = _chains.GetValueOrDefault(record.Shard);
            if (chain is not null && chain.TryFindFirst(record.Seq, out SpoolPlace there) && there.Entry.Hash == record.Hash)
            {
                continue;
            }

            bool follows = ends.TryGetValue(record.Shard, out (long Seq, long Hash) end)
                ? record.Seq == end.Seq + 1 && record.HashBefore == end.Hash
                : chain is null || chain.GoesOnWith(record.Seq, record.HashBefore);
            if (!follows || record.Epoch < _fences.GetValueOrDefault(record.Shard))
            {
                refused.Add(record.Shard);
            }

            ends[record.Shard] = (record.Seq, record.Hash);
            added.Add(record);
        }

        added.RemoveAll(record => refused.Contains(record.Shard));
        return added;
    }

    // Between the look before the write and this one somebody may have read the chain and closed it behind him: what is added then he would not have seen.
    private void AddTo(SpoolPart part, List<SpooledRecord> records, long at, long now, HashSet<int> refused)
    {
        foreach (SpooledRecord record in records)
        {
            SpoolChain chain = ChainOf(record.Shard);
            if (record.Epoch < _fences.GetValueOrDefault(record.Shard))
            {
                refused.Add(record.Shard);
            }
            else if (chain.TryFindFirst(record.Seq, out SpoolPlace there) && there.Entry.Hash == record.Hash)
            {
                // With one before it a piece behind damage has become part of the chain.
            }
            else if (refused.Contains(record.Shard) || !chain.GoesOnWith(record.Seq, record.HashBefore))
            {
                refused.Add(record.Shard);
            }
            else
            {
                chain.Add(PlaceOf(record, part, at));
                part.FirstAt = Math.Min(part.FirstAt, now);
                _records++;
            }

            at += SpoolFormat.RecordHeadBytes + record.Payload.Length;
        }

        part.Bytes = at;
        foreach (int shard in refused)
        {
            if (_chains.TryGetValue(shard, out SpoolChain? left) && left.IsEmpty)
            {
                _chains.Remove(shard);
            }
        }
    }
}
