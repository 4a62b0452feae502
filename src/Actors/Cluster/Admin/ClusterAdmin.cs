using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>
/// Asks all nodes for what an operator wants of the whole storage. A deletion goes to the leader of each shard, and through the journal to all copies;
/// sealing, cleaning and copying are done by each node with the files it has.
/// </summary>
/// <param name="here">Of this node.</param>
/// <param name="places">Where the leaders are, and the other nodes.</param>
/// <param name="settings">The pause between two tries.</param>
/// <param name="time">Measures, and names copies.</param>
internal sealed class ClusterAdmin(INodeStorage here, IShardPlaces places, ForwardSettings settings, TimeProvider time) : IStorageAdmin
{
    /// <inheritdoc/>
    public Task<string?> SealAsync(CancellationToken cancel) => EverywhereAsync(here.SealAsync, new StorageMessage(StorageTask.Seal), cancel);

    /// <inheritdoc/>
    public Task<string?> CleanAsync(CancellationToken cancel) => EverywhereAsync(here.CleanAsync, new StorageMessage(StorageTask.Clean), cancel);

    /// <inheritdoc/>
    /// <remarks>Each node copies what it has, under the same name: together they are what a cluster is restored from.</remarks>
    public async Task<StorageCopy> CopyAsync(bool skipsHead, CancellationToken cancel)
    {
        string name = StorageAdmin.NameOfCopy(time.GetUtcNow());
        string? failure = await EverywhereAsync(
            async token => (await here.CopyAsync(skipsHead, name, token)).Failure, new StorageMessage(StorageTask.Copy, skipsHead, name), cancel);
        return new StorageCopy(failure is null ? name : null, failure);
    }

    /// <inheritdoc/>
    public async Task<string?> DeleteAsync(IReadOnlyList<Matcher> matchers, Timestamp from, Timestamp through, CancellationToken cancel)
    {
        if (through < from)
        {
            return null;
        }

        var what = new DeleteSamples(matchers, from.Milliseconds, through.Milliseconds);
        string?[] failures = await Task.WhenAll(places.Now.Shards.Select(place => DeleteAsync(place.Shard, what, cancel)));
        return failures.FirstOrDefault(static failure => failure is not null);
    }

    // Deleted twice is deleted: whoever did not answer is asked again, or who leads after it.
    private async Task<string?> DeleteAsync(int shard, DeleteSamples what, CancellationToken cancel)
    {
        long begun = time.GetTimestamp();
        string obstacle = "nobody leads it";
        while (true)
        {
            ShardPlaces seen = places.Now;
            ShardPlace place = seen.Shards[shard];
            TimeSpan left = StorageAdmin.DeleteTimeout - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                return $"shard {shard}: {obstacle}; whether anything of it was deleted is unknown: ask again";
            }

            SamplesDeleted? done = null;
            if (place.Here == ShardRole.Leader)
            {
                done = await HereAsync(shard, what, left, cancel);
            }
            else if (place.Leader is { } leader)
            {
                (AdminAnswer? answer, string reason) = await AskAsync(leader, new DeletionMessage(shard, what).ToMessage(), left, cancel);
                obstacle = $"{leader.Name}: {reason}";
                done = answer is { } given ? new SamplesDeleted(given.Failure) { IsMoved = given.IsMoved } : null;
            }

            if (done is { IsMoved: false })
            {
                return done.Failure is { } failure ? $"shard {shard}: {failure}" : null;
            }

            obstacle = done is null ? obstacle : "its leader changes";
            await places.NewerWithinAsync(seen, left < settings.RetryPause ? left : settings.RetryPause, time, cancel);
        }
    }

    private async Task<SamplesDeleted> HereAsync(int shard, DeleteSamples what, TimeSpan timeout, CancellationToken cancel)
    {
        try
        {
            return await here.DeleteAsync(shard, what, timeout, cancel);
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            return new SamplesDeleted(e.Message);
        }
    }

    private async Task<string?> EverywhereAsync(Func<CancellationToken, Task<string?>> here, StorageMessage message, CancellationToken cancel)
    {
        string?[] failures = await Task.WhenAll([here(cancel), .. places.Peers.Select(peer => ThereAsync(peer, message.ToMessage(), cancel))]);
        return failures.All(static failure => failure is null) ? null : string.Join("; ", failures.OfType<string>());
    }

    private static async Task<string?> ThereAsync(ShardPeer peer, NodeMessage message, CancellationToken cancel)
    {
        (AdminAnswer? answer, string reason) = await AskAsync(peer, message, StorageAdmin.SealTimeout, cancel);
        return answer is not { } given ? $"{peer.Name}: {reason}" : given.Failure is { } failure ? $"{peer.Name}: {failure}" : null;
    }

    private static async Task<(AdminAnswer? Answer, string Reason)> AskAsync(ShardPeer peer, NodeMessage message, TimeSpan timeout, CancellationToken cancel)
    {
        NodeReply reply = await peer.Link.AskAsync(Lane.Replication, message, timeout).AsTask().WaitAsync(cancel);
        if (reply.Result != ReplyResult.Answered)
        {
            return (null, reply.Reason ?? "did not answer");
        }

        try
        {
            return (AdminAnswer.Read(reply.Message), string.Empty);
        }
        catch (WireFormatException e)
        {
            return (null, e.Message);
        }
    }
}
