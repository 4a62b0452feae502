using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What the shards of a node live from: the data directory, the journal they share, and how often they are saved.</summary>
internal sealed class ShardHome
{
    private readonly DataDirectory _directory;
    private readonly SegmentLog _journal;
    private readonly StorageSettings _settings;
    private readonly Tenant[] _tenants;

    /// <param name="directory">Opened; stays the caller's.</param>
    /// <param name="recovered">Everything in it.</param>
    /// <param name="settings">How often, how much, how long.</param>
    public ShardHome(DataDirectory directory, RecoveredData recovered, StorageSettings settings)
    {
        _directory = directory;
        _journal = recovered.Log;
        _settings = settings;
        _tenants = [.. recovered.Shards.Select(shard => new Tenant(shard, recovered.Snapshots[shard.Id.Value]))];
    }

    /// <summary>Limits and intervals.</summary>
    public StorageSettings Settings => _settings;

    /// <summary>What each shard may have of the node's exemplars: they share evenly.</summary>
    public int ExemplarsPerShard => (_settings.ExemplarsMax + _tenants.Length - 1) / _tenants.Length;

    /// <summary>The shard as recovered; after a failure of its actor recovered anew, for what the failed turn left is not trusted.</summary>
    public async Task<Shard> OpenAsync(ShardId id)
    {
        Tenant tenant = _tenants[id.Value];
        if (Interlocked.Exchange(ref tenant.Recovered, null) is { } first)
        {
            return first;
        }

        // What is still on its way into the journal belongs to the shard: it is waited for, then read back.
        await Task.WhenAll(tenant.LastAppend, tenant.LastSave).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await Task.Run(async () =>
        {
            tenant.Snapshots = _directory.SnapshotsOf(id);
            Shard shard = tenant.Snapshots.Load(_settings.Shard);
            await _journal.ReplayAsync(id, shard.AppliedSeq, (_, _, seq, payload) => shard.Replay(seq, payload), CancellationToken.None);
            return shard;
        });
    }

    /// <summary>Appends a prepared batch to the journal; completes when it is durable, or certainly not.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="batch">Unchanged until then.</param>
    /// <param name="isAwaited">Whether it should not wait for the next regular flush.</param>
    public ValueTask<LogOutcome> AppendAsync(ShardId id, PreparedBatch batch, bool isAwaited)
    {
        ValueTask<LogOutcome> append = _journal.AppendAsync(id, StorageSettings.Epoch, batch.Seq, batch.Payload);
        if (append.IsCompleted)
        {
            return append;
        }

        if (isAwaited)
        {
            _journal.FlushSoon();
        }

        Task<LogOutcome> running = append.AsTask();
        _tenants[id.Value].LastAppend = running;
        return new ValueTask<LogOutcome>(running);
    }

    /// <summary>
    /// Whether a shard without much traffic keeps the journal of all others: two snapshots of it, one after the other, let it go.
    /// The journal is then larger than four snapshots of each shard, so that this costs less than writing the journal did.
    /// </summary>
    public bool IsHeldBackBy(Shard shard) =>
        _journal.SegmentBytes >= 4 * _tenants.Length * Math.Max(_settings.SnapshotFloorBytes, shard.SnapshotHeadBytes)
        && _journal.HoldsOldest(shard.Id);

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

    /// <summary>Completes when no snapshot is being written any more; call it when no actor begins new ones.</summary>
    public Task WhenSavedAsync() => Task.WhenAll(_tenants.Select(tenant => tenant.LastSave));

    private sealed class Tenant(Shard recovered, SnapshotStore snapshots)
    {
        public Shard? Recovered = recovered;

        public SnapshotStore Snapshots { get; set; } = snapshots;

        public Task LastAppend { get; set; } = Task.CompletedTask;

        public Task LastSave { get; set; } = Task.CompletedTask;
    }
}
