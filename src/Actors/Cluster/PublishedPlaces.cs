using System.Collections.Immutable;

namespace Pleiad.Actors;

/// <summary>Places that one writer publishes and many read.</summary>
/// <param name="first">Known from the beginning.</param>
/// <param name="mark">By shard; null where there is no journal with numbers.</param>
/// <param name="applied">Completes when a shard is applied through a record; null where nobody can wait for that.</param>
/// <param name="wholeFrom">The record that a view has to have; null where any will do.</param>
public sealed class PublishedPlaces(
    ShardPlaces first, Func<int, ShardMark>? mark = null, Func<int, long, CancellationToken, Task>? applied = null, Func<int, long>? wholeFrom = null) : IShardPlaces
{
    private readonly Lock _gate = new();
    private ShardPlaces _now = first;
    private IReadOnlyList<ShardPeer> _peers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public ShardPlaces Now => Volatile.Read(ref _now);

    /// <inheritdoc/>
    public IReadOnlyList<ShardPeer> Peers => Volatile.Read(ref _peers);

    /// <inheritdoc/>
    public ShardMark MarkOf(int shard) => mark?.Invoke(shard) ?? default;

    /// <inheritdoc/>
    public long WholeFrom(int shard) => wholeFrom?.Invoke(shard) ?? 0;

    /// <inheritdoc/>
    public Task AppliedAsync(int shard, long seq, CancellationToken cancel) =>
        MarkOf(shard).Seq >= seq ? Task.CompletedTask : applied?.Invoke(shard, seq, cancel) ?? new TaskCompletionSource().Task.WaitAsync(cancel);

    /// <summary>Replaces the other nodes that live.</summary>
    public void Publish(IReadOnlyList<ShardPeer> peers) => Volatile.Write(ref _peers, peers);

    /// <summary>Replaces all places; the version goes up by one.</summary>
    /// <param name="shards">Shard i at index i; as many as before.</param>
    public void Publish(ImmutableArray<ShardPlace> shards)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(shards.Length, _now.Shards.Length);
            Volatile.Write(ref _now, new ShardPlaces(_now.Version + 1, shards));
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <inheritdoc/>
    public async Task<ShardPlaces> NewerThanAsync(ShardPlaces seen, CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_now.Version > seen.Version)
                {
                    return _now;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancel);
        }
    }
}
