using System.Collections.ObjectModel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What the shards of a node live from: the data directory, the journal they share, and how often they are saved.</summary>
internal sealed class ShardHome : ISeriesOfNode, IDisposable
{
    private readonly DataDirectory _directory;
    private readonly IHomeJournal _journal;
    private readonly SegmentLog? _segments;
    private readonly StorageSettings _settings;
    private readonly Tenant[] _tenants;
    private long _outOfOrderWindowTicks;

    // One shard of the node at a time: all of them are due at the same moment, and the processors are there for queries and scrapes.
    private readonly SemaphoreSlim _upkeep = new(1, 1);

    /// <param name="directory">Opened; stays the caller's.</param>
    /// <param name="recovered">Everything in it.</param>
    /// <param name="settings">How often, how much, how long.</param>
    public ShardHome(DataDirectory directory, RecoveredData recovered, StorageSettings settings)
    {
        _directory = directory;
        _segments = recovered.Log;
        _journal = new SegmentJournal(recovered.Log);
        _settings = settings;
        OutOfOrderWindow = settings.OutOfOrderWindow;
        directory.Pieces.LimitTo(settings.PieceCacheBytesMax);
        _tenants = [.. recovered.Shards.Select(shard => new Tenant(shard, recovered.Snapshots[shard.Id.Value], recovered.Blocks[shard.Id.Value]))];
    }

    /// <summary>The home of a node of a cluster: a shard is opened as it was saved, and reads on in the journal.</summary>
    /// <param name="directory">Opened; stays the caller's.</param>
    /// <param name="journal">Of the cluster.</param>
    /// <param name="settings">How often, how much, how long.</param>
    public ShardHome(DataDirectory directory, ClusterJournal journal, StorageSettings settings)
    {
        _directory = directory;
        _journal = Cluster = journal;
        _settings = settings;
        OutOfOrderWindow = settings.OutOfOrderWindow;
        directory.Pieces.LimitTo(settings.PieceCacheBytesMax);
        _tenants = [.. Enumerable.Range(0, directory.ShardCount).Select(shard =>
            new Tenant(null, directory.SnapshotsOf(new ShardId(shard)), directory.BlocksOf(new ShardId(shard))))];
    }

    /// <summary>The journal of the cluster; null on a node by itself.</summary>
    public ClusterJournal? Cluster { get; }

    /// <summary>How the node stands with its memory.</summary>
    public MemoryState Memory { get; } = new();

    /// <inheritdoc/>
    public long SeriesCount
    {
        get
        {
            long count = 0;
            foreach (Tenant tenant in _tenants)
            {
                count += Volatile.Read(ref tenant.LaidOut)?.SeriesCount ?? 0;
            }

            return count;
        }
    }

    /// <inheritdoc/>
    public long SeriesOfMetric(string metric, ShardId but)
    {
        long count = 0;
        for (int shard = 0; shard < _tenants.Length; shard++)
        {
            count += shard == but.Value ? 0 : Volatile.Read(ref _tenants[shard].LaidOut)?.SeriesOfMetric(metric) ?? 0;
        }

        return count;
    }

    /// <summary>Limits and intervals.</summary>
    public StorageSettings Settings => _settings;

    /// <summary>How much older than the newest sample one that comes out of order may be; for a shard that recovers.</summary>
    public TimeSpan OutOfOrderWindow
    {
        get => new(Volatile.Read(ref _outOfOrderWindowTicks));
        set => Volatile.Write(ref _outOfOrderWindowTicks, value.Ticks);
    }

    /// <summary>What each shard may have of the node's exemplars: they share evenly.</summary>
    public int ExemplarsPerShard => (_settings.ExemplarsMax + _tenants.Length - 1) / _tenants.Length;

    /// <summary>The shard as recovered; after a failure of its actor recovered anew, for what the failed turn left is not trusted.</summary>
    /// <param name="id">Which.</param>
    /// <param name="nowMs">What time it is: what is found to be lost was received before.</param>
    public async Task<Shard> OpenAsync(ShardId id, long nowMs)
    {
        Tenant tenant = _tenants[id.Value];
        if (Interlocked.Exchange(ref tenant.Recovered, null) is { } first)
        {
            return first;
        }

        // What is still on its way into the journal belongs to the shard: it is waited for, then read back. In a cluster the journal is read in any case.
        Task lastAppend = _segments is null ? Task.CompletedTask : tenant.LastAppend;
        await Task.WhenAll(lastAppend, tenant.LastSave, tenant.LastUpkeep, tenant.LastTombstones).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await Task.Run(async () =>
        {
            tenant.Snapshots = _directory.SnapshotsOf(id);
            Shard shard = tenant.Snapshots.Load(_settings.Shard);
            if (_segments is null)
            {
                // Before the blocks: what is in them keeps its slots.
                shard.BeginFollow();
                _journal.Release(id, tenant.Snapshots.ReleaseThrough);
            }
            else
            {
                await _segments.ReplayAsync(id, shard.AppliedSeq, (_, _, seq, payload) => shard.Replay(seq, payload), CancellationToken.None);
            }

            // The journal, or in a cluster another copy, has what damaged ones had. A journal with a gap has thrown, and the next start of the node notes what is lost;
            // one that has nothing more of the shard has not.
            if (_segments is not null && tenant.Snapshots.HasLostAll && shard.AppliedSeq == 0)
            {
                tenant.Snapshots.NoteLost(nowMs);
            }

            BlockStore blocks = _directory.BlocksOf(id);
            if (_segments is null)
            {
                WatchForLosses(tenant, blocks, _directory.FilesOf(id));
            }

            tenant.Snapshots.PutDamagedAside();
            tenant.Blocks = blocks;
            shard.AttachBlocks(blocks);
            return shard;
        });
    }

    /// <summary>The exemplars that were saved before the start, read on a pool thread; none where they cannot be read.</summary>
    public Task<IReadOnlyList<StoredExemplar>> LoadExemplarsAsync(ShardId id)
    {
        Task before = _tenants[id.Value].LastExemplars;
        if (before.IsCompleted && !_directory.ExemplarsOf(id).Exists)
        {
            return Task.FromResult<IReadOnlyList<StoredExemplar>>([]);
        }

        return Task.Run<IReadOnlyList<StoredExemplar>>(async () =>
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                return _directory.ExemplarsOf(id).Load();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Hints: a shard opens without them.
                return [];
            }
        });
    }

    /// <summary>Saves exemplars on a pool thread.</summary>
    public Task SaveExemplarsAsync(ShardId id, IReadOnlyList<StoredExemplar> exemplars)
    {
        Tenant tenant = _tenants[id.Value];
        Task before = tenant.LastExemplars;
        return tenant.LastExemplars = Task.Run(async () =>
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _directory.ExemplarsOf(id).Write(exemplars);
        });
    }

    /// <summary>Appends a prepared batch to the journal; completes when it is durable, or certainly not.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="epoch">Of the ownership it is written under.</param>
    /// <param name="batch">Unchanged until then.</param>
    /// <param name="isAwaited">Whether it should not wait for the next regular flush.</param>
    public ValueTask<LogOutcome> AppendAsync(ShardId id, long epoch, PreparedBatch batch, bool isAwaited)
    {
        ValueTask<LogOutcome> append = _journal.AppendAsync(id, epoch, batch.Seq, batch.Payload, isAwaited);
        if (append.IsCompleted)
        {
            return append;
        }

        Task<LogOutcome> running = append.AsTask();
        _tenants[id.Value].LastAppend = running;
        return new ValueTask<LogOutcome>(running);
    }

    /// <summary>Whether a shard without much traffic keeps the journal of all others: two snapshots of it, one after the other, let it go.</summary>
    public bool IsHeldBackBy(Shard shard) => _journal.IsHeldBackBy(
        shard, _tenants.Length, _settings.SnapshotFloorBytes, _settings.RetentionBytes > 0 ? _settings.RetentionBytes / SizeRetention.JournalPart : long.MaxValue);

    /// <summary>Writes a snapshot on a pool thread and lets the journal go as far as the snapshot before it reaches.</summary>
    public Task<SnapshotWritten> SaveAsync(ShardId id, SnapshotJob job)
    {
        Tenant tenant = _tenants[id.Value];
        Task<SnapshotWritten> saving = Task.Run(() =>
        {
            SnapshotWritten written = tenant.Snapshots.Write(job);
            try
            {
                _journal.Release(id, written.ReleaseThrough);
            }
            catch (IOException)
            {
                // A segment that could not be deleted goes at the next start. The snapshot is there: called failed, its chunks would be saved twice.
            }

            return written;
        });
        tenant.LastSave = saving;
        return saving;
    }

    /// <summary>Whether a shard of a cluster lacks samples that its damaged files had, now or before, or a record that could not be read.</summary>
    public bool HasLosses(ShardId id) => _tenants[id.Value].HasLosses;

    /// <summary>Blocks of samples and of rollups of a shard that could not be opened, and records of chunks in its snapshots that could not be read, when it was opened last.</summary>
    public (int Blocks, int Rollups, int Chunks) DamagedOf(ShardId id)
    {
        Tenant tenant = _tenants[id.Value];
        return (tenant.Blocks.Damaged, tenant.Blocks.Rollups.Damaged, tenant.Snapshots.ChunkRecordsLost);
    }

    /// <summary>Notes, on disk first, that a shard will lack what a record of the journal had.</summary>
    /// <exception cref="IOException">It could not be noted.</exception>
    public Task NoteLossesAsync(ShardId id) => Task.Run(() => NoteLosses(_tenants[id.Value], _directory.FilesOf(id)));

    // What is damaged is put aside, or another file takes its place, and it is not found when the shard is opened again.
    private static void WatchForLosses(Tenant tenant, BlockStore blocks, ShardFiles files)
    {
        tenant.HasLosses |= files.Lacks;
        blocks.BeforeLoss = blocks.Rollups.BeforeLoss = () => NoteLosses(tenant, files);
        if (tenant.Snapshots.ChunkRecordsLost > 0)
        {
            NoteLosses(tenant, files);
        }
    }

    private static void NoteLosses(Tenant tenant, ShardFiles files)
    {
        if (!files.Lacks)
        {
            files.NoteLacks();
        }

        tenant.HasLosses = true;
    }

    /// <summary>When a shard that has losses asks others for their files again.</summary>
    public FilesPause FilesPauseOf(ShardId id) => _tenants[id.Value].FilesPause;

    /// <summary>The files of a shard.</summary>
    public ShardFiles FilesOf(ShardId id) => _directory.FilesOf(id);

    /// <summary>Puts the files of a shard that were copied from elsewhere in the place of its own; nothing new may be begun meanwhile, and it must be opened anew.</summary>
    public async Task InstallAsync(ShardId id)
    {
        Tenant tenant = _tenants[id.Value];
        await Task.WhenAll(tenant.LastSave, tenant.LastUpkeep, tenant.LastTombstones).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ShardFiles files = _directory.FilesOf(id);
        tenant.HasLosses = await Task.Run(() =>
        {
            files.InstallCopy();
            return files.Lacks;
        });
    }

    /// <summary>Puts the snapshots of a shard aside that hold more than a record; nothing new may be begun meanwhile, and it must be opened anew.</summary>
    public async Task PutAsideBeyondAsync(ShardId id, long seq)
    {
        Tenant tenant = _tenants[id.Value];
        await Task.WhenAll(tenant.LastSave, tenant.LastUpkeep, tenant.LastTombstones).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Run(() => _directory.SnapshotsOf(id).PutAsideBeyond(seq));
    }

    /// <summary>As <see cref="PutAsideRecordAsync"/>, at once.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void PutAsideRecord(ShardId id, long seq, ReadOnlyMemory<byte> payload) => _directory.PutAsideRecord(id, seq, payload);

    /// <summary>Keeps a record of the journal that cannot be read.</summary>
    public Task PutAsideRecordAsync(ShardId id, long seq, ReadOnlyMemory<byte> payload) => Task.Run(() => _directory.PutAsideRecord(id, seq, payload));

    /// <summary>How many shards there are.</summary>
    public int ShardCount => _tenants.Length;

    /// <summary>Where damaged files are put.</summary>
    public string QuarantinePath => _directory.QuarantinePath;

    /// <summary>Completes when a shard may begin its upkeep; it ends with <see cref="EndUpkeepTurn"/>.</summary>
    public Task<bool> UpkeepTurnAsync() => _upkeep.WaitAsync(Timeout.InfiniteTimeSpan);

    /// <summary>Lets the next shard begin.</summary>
    public void EndUpkeepTurn() => _upkeep.Release();

    /// <summary>Makes the journal begin anew, on a pool thread: what it has so far can then go whole.</summary>
    public Task RollJournalAsync() => Task.Run(_journal.Roll);

    /// <summary>Writes a block on a pool thread.</summary>
    public Task<SealWritten> SealAsync(ShardId id, SealJob job)
    {
        Tenant tenant = _tenants[id.Value];
        Task<SealWritten> writing = Task.Run(() => tenant.Blocks.Write(job));
        tenant.LastUpkeep = writing;
        return writing;
    }

    /// <summary>Merges blocks on a pool thread.</summary>
    public Task<CompactionWritten> MergeAsync(ShardId id, CompactionJob job)
    {
        Tenant tenant = _tenants[id.Value];
        Task<CompactionWritten> writing = Task.Run(() => tenant.Blocks.Write(job));
        tenant.LastUpkeep = writing;
        return writing;
    }

    /// <summary>Writes rollups on a pool thread.</summary>
    public Task<RollupWritten> RollUpAsync(ShardId id, RollupJob job)
    {
        Tenant tenant = _tenants[id.Value];
        Task<RollupWritten> writing = Task.Run(() => tenant.Blocks.Rollups.Write(job));
        tenant.LastUpkeep = writing;
        return writing;
    }

    /// <summary>Says which shard queries may take views of without asking its actor; null for none, while it is not open.</summary>
    public void LayOut(ShardId id, Shard? shard) => Volatile.Write(ref _tenants[id.Value].LaidOut, shard);

    /// <summary>A view of a shard without its actor's turn, from any thread; null where none is laid out.</summary>
    public ShardView? TryView(ShardId id) => Volatile.Read(ref _tenants[id.Value].LaidOut)?.TryView();

    /// <summary>Writes a block anew without what is deleted of it, on a pool thread.</summary>
    public Task<CompactionWritten> CleanAsync(ShardId id, CompactionJob job)
    {
        Tenant tenant = _tenants[id.Value];
        Task<CompactionWritten> writing = Task.Run(() => tenant.Blocks.Clean(job));
        tenant.LastUpkeep = writing;
        return writing;
    }

    /// <summary>Writes a block anew without the series that are expired whole, on a pool thread.</summary>
    public Task<CompactionWritten> ExpireAsync(ShardId id, CompactionJob job)
    {
        Tenant tenant = _tenants[id.Value];
        Task<CompactionWritten> writing = Task.Run(() => tenant.Blocks.Expire(job));
        tenant.LastUpkeep = writing;
        return writing;
    }

    /// <summary>Makes tombstones durable, on a pool thread.</summary>
    public Task SaveTombstonesAsync(ShardId id, TombstoneList tombstones)
    {
        Tenant tenant = _tenants[id.Value];
        return tenant.LastTombstones = Task.Run(() => tenant.Blocks.Tombstones.Write(tombstones));
    }

    /// <summary>Drops the tombstones that no block needs, on a pool thread, and lets the view go; no block may be being written.</summary>
    public Task<TombstoneList> DropTombstonesAsync(ShardId id, ShardView view)
    {
        Tenant tenant = _tenants[id.Value];
        Task<TombstoneList> dropping = Task.Run(() =>
        {
            using (view)
            {
                return tenant.Blocks.DropUnneeded(view);
            }
        });
        tenant.LastTombstones = dropping;
        return dropping;
    }

    /// <summary>Says which blocks a shard has, for the limit over all shards.</summary>
    public void Publish(ShardId id, Shard shard)
    {
        Volatile.Write(ref _tenants[id.Value].Published, shard.BlockExtents);
        Volatile.Write(ref _tenants[id.Value].PublishedRollups, shard.RollupExtents);
    }

    /// <summary>The blocks of all shards that are open here.</summary>
    public IReadOnlyList<StoredBlock> Blocks() =>
        [.. _tenants.SelectMany(static (tenant, shard) => Volatile.Read(ref tenant.Published).Select(block => new StoredBlock(shard, block.Content.Number, block.MinTime, block.MaxTime)
        {
            Series = block.Content.Series, Chunks = block.Content.Chunks, Samples = block.Content.Samples, IsMerged = block.Content.IsMerged,
        }))];

    /// <summary>Up to which times blocks of each resolution have to go for the size of all of them, samples under 0; none where nothing has to.</summary>
    public IReadOnlyDictionary<long, long> SizeCuts() => _settings.RetentionBytes > 0
        ? SizeRetention.Cuts(
            _tenants.SelectMany(static tenant => Volatile.Read(ref tenant.Published).Concat(Volatile.Read(ref tenant.PublishedRollups))),
            SizeRetention.OfBlocks(_settings.RetentionBytes, _journal.Bytes),
            _settings.BlockRangeMs)
        : ReadOnlyDictionary<long, long>.Empty;

    /// <summary>Bytes of the blocks that are merged into one at most: no limit where none is set for all of them.</summary>
    public long MergedBytesMax => _settings.RetentionBytes > 0
        ? _settings.RetentionBytes / SizeRetention.MergedPart / _tenants.Length
        : long.MaxValue;

    /// <summary>Completes when no snapshot, no block and no other file of a shard is being written any more; call it when no actor begins new ones.</summary>
    public Task WhenSavedAsync() => Task.WhenAll(
        _tenants.SelectMany(static tenant => new[] { tenant.LastSave, tenant.LastUpkeep, tenant.LastTombstones, tenant.LastExemplars }));

    /// <inheritdoc/>
    public void Dispose() => _upkeep.Dispose();

    private sealed class Tenant(Shard? recovered, SnapshotStore snapshots, BlockStore blocks)
    {
        public IReadOnlyList<BlockExtent> Published = [];

        public IReadOnlyList<BlockExtent> PublishedRollups = [];

        public Shard? Recovered = recovered;

        public Shard? LaidOut;

        public FilesPause FilesPause { get; } = new();

        public bool HasLosses { get; set; }

        public SnapshotStore Snapshots { get; set; } = snapshots;

        public BlockStore Blocks { get; set; } = blocks;

        public Task LastUpkeep { get; set; } = Task.CompletedTask;

        public Task LastTombstones { get; set; } = Task.CompletedTask;

        public Task LastExemplars { get; set; } = Task.CompletedTask;

        public Task LastAppend { get; set; } = Task.CompletedTask;

        public Task LastSave { get; set; } = Task.CompletedTask;
    }
}
