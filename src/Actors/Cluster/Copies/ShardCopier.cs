using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Copies the files of a shard from a node that has it, where the journal does not reach back far enough.</summary>
/// <param name="places">Who has it.</param>
internal sealed class ShardCopier(IShardPlaces places) : IDisposable
{
    private static readonly TimeSpan PartTimeout = TimeSpan.FromSeconds(30);

    // One shard at a time: what a node that joins needs is a lot, and the others have their work.
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <inheritdoc cref="CopyShard"/>
    public async Task CopyAsync(int shard, long throughSeq, bool takesLacking, ShardFiles into)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            (ShardPeer peer, IReadOnlyList<(string Name, long Bytes)> files) = await FindAsync(places.Now.Shards[shard], places.Peers, throughSeq, takesLacking);
            into.BeginCopy();
            foreach ((string name, long bytes) in files)
            {
                await CopyAsync(peer, shard, name, bytes, into);
            }

            ActorsMetrics.ShardsCopied.Add(1);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // Whoever shall have it first; then the others: one that had it until the plan changed has it still. One that lacks samples only where nobody else has it:
    // what is copied from it says so too.
    private static async Task<(ShardPeer Peer, IReadOnlyList<(string Name, long Bytes)> Files)> FindAsync(
        ShardPlace place, IReadOnlyList<ShardPeer> others, long throughSeq, bool takesLacking)
    {
        var reasons = new List<string>();
        (ShardPeer, IReadOnlyList<(string, long)>)? lacking = null;
        ShardPeer[] copies = [.. place.Leader is { } leader ? place.Followers.Prepend(leader) : place.Followers];
        int lack = 0;
        foreach (ShardPeer peer in copies.Concat(others).DistinctBy(static peer => peer.Node))
        {
            try
            {
                long saved = CopyWire.SavedOf((await AskAsync(peer, CopyWire.AskSaved([place.Shard]))).Span, 1)[0];
                if (saved < throughSeq)
                {
                    reasons.Add($"{peer.Name} has saved it through record {saved}");
                    continue;
                }

                IReadOnlyList<(string Name, long Bytes)> files = CopyWire.FilesOf(await AskAsync(peer, CopyWire.AskFiles(place.Shard)));
                if (!ShardFiles.SayLacks(files))
                {
                    return (peer, files);
                }

                reasons.Add($"the copy of {peer.Name} lacks samples too");
                lack += copies.Contains(peer) ? 1 : 0;
                if (takesLacking)
                {
                    lacking ??= (peer, files);
                }
            }
            catch (IOException e)
            {
                reasons.Add(e.Message);
            }
        }

        if (lacking is { } found)
        {
            return found;
        }

        string message = $"nobody has shard {place.Shard} whole and saved through record {throughSeq}: {(reasons.Count == 0 ? "no other node lives" : string.Join("; ", reasons))}";
        throw place.Leader is not null && lack == copies.Length ? new NobodyWholeException(message) : new IOException(message);
    }

    private static async Task CopyAsync(ShardPeer peer, int shard, string name, long bytes, ShardFiles into)
    {
        using IFile file = into.CreateCopy(name);
        while (file.Length < bytes)
        {
            ReadOnlyMemory<byte> part = CopyWire.PartOfAnswer(await AskAsync(peer, CopyWire.AskPart(shard, name, file.Length)));
            if (part.IsEmpty)
            {
                throw new IOException($"{name} of shard {shard} ends at {file.Length} of {bytes} bytes");
            }

            file.Append(part.Span);
            ActorsMetrics.CopyBytes.Add(part.Length);
        }

        file.Flush();
    }

    private static async Task<ReadOnlyMemory<byte>> AskAsync(ShardPeer peer, NodeMessage message)
    {
        NodeReply reply = await peer.Link.AskAsync(Lane.Replication, message, PartTimeout);
        return reply.Result == ReplyResult.Answered ? reply.Message.Payload : throw new IOException($"{peer.Name}: {reply.Reason}");
    }
}
