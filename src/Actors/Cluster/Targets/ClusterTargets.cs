using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>
/// The targets of all nodes. Each node scrapes those whose shards it leads; what relabelling drops is the same on all of them, because all have
/// one configuration.
/// </summary>
/// <param name="here">Those of this node.</param>
/// <param name="reads">Reads from the others.</param>
internal sealed class ClusterTargets(ITargetCatalog here, ClusterReads reads) : ITargetCatalog
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IReadOnlyList<string> Pools => here.Pools;

    /// <inheritdoc/>
    /// <exception cref="QueryException">A node does not answer: its targets would be missing.</exception>
    public async Task<IReadOnlyList<ActiveTarget>> ActiveAsync(CancellationToken cancel)
    {
        // In the order of the pools, as one node has them.
        var order = Pools.Index().ToDictionary(static pool => pool.Item, static pool => pool.Index, StringComparer.Ordinal);
        IEnumerable<ActiveTarget> others = await AskAsync(
            ReadKind.Targets, symbols => new ListReader<ActiveTarget>(RecordKind.Target, record => TargetMessage.Read(record, symbols)), cancel);
        return [.. (await here.ActiveAsync(cancel)).Concat(others).OrderBy(target => order.GetValueOrDefault(target.Pool, int.MaxValue))];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DroppedTarget>> DroppedAsync(CancellationToken cancel) => here.DroppedAsync(cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, int>> DroppedCountsAsync(CancellationToken cancel) => here.DroppedCountsAsync(cancel);

    /// <inheritdoc/>
    /// <exception cref="QueryException">A node does not answer: what its targets say would be missing.</exception>
    public async Task<IReadOnlyList<TargetMetadata>> MetadataAsync(CancellationToken cancel)
    {
        IEnumerable<TargetMetadata> others = await AskAsync(
            ReadKind.Metadata, symbols => new ListReader<TargetMetadata>(RecordKind.Metadata, record => MetadataMessage.Read(record, symbols)), cancel);
        return [.. (await here.MetadataAsync(cancel)).Concat(others)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TargetRelabelStep>? RelabelSteps(string pool, Labels discovered) => here.RelabelSteps(pool, discovered);

    private async Task<IEnumerable<T>> AskAsync<T>(ReadKind kind, Func<LabelSymbolsReader, IShardReader<IReadOnlyList<T>>> newReader, CancellationToken cancel)
    {
        ShardPeer[] leaders = [.. reads.Places.Now.Shards.Select(static place => place.Leader).OfType<ShardPeer>().DistinctBy(static peer => peer.Node)];
        return (await Task.WhenAll(leaders.Select(leader => AskAsync(leader, kind, newReader, cancel)))).SelectMany(static one => one);
    }

    private async Task<IReadOnlyList<T>> AskAsync<T>(
        ShardPeer leader, ReadKind kind, Func<LabelSymbolsReader, IShardReader<IReadOnlyList<T>>> newReader, CancellationToken cancel)
    {
        long begun = reads.Time.GetTimestamp();
        ulong query = reads.NextQuery();
        var begin = new BeginRead(query, 0, (long)AnswerTimeout.TotalMilliseconds, [], kind, ReadOnlyMemory<byte>.Empty);
        try
        {
            return (await new PeerStream<IReadOnlyList<T>>(leader, begin, newReader).ReadAsync(Left, cancel))[0].Value!;
        }
        catch (PeerFailedException e)
        {
            throw new QueryException(QueryErrorKind.Unavailable, $"{leader.Name} does not answer: {e.Message}; try again later", inner: e);
        }
        finally
        {
            _ = ClusterReads.EndAsync(leader.Link, query);
        }

        TimeSpan Left() => AnswerTimeout - reads.Time.GetElapsedTime(begun) is var left && left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }
}

/// <summary>The records of this node's targets, for other nodes.</summary>
internal static class TargetRecords
{
    /// <summary>Reads them.</summary>
    public static async Task<Func<MessageWriter, IEnumerable<RecordKind>>> OfAsync(ITargetCatalog here, ReadKind kind, CancellationToken cancel)
    {
        var symbols = new LabelSymbolsWriter();
        if (kind == ReadKind.Targets)
        {
            IReadOnlyList<ActiveTarget> targets = await here.ActiveAsync(cancel);
            return into => targets.Select(target =>
            {
                TargetMessage.Write(into, symbols, target);
                return RecordKind.Target;
            });
        }

        IReadOnlyList<TargetMetadata> metadata = await here.MetadataAsync(cancel);
        return into => metadata.Select(target =>
        {
            MetadataMessage.Write(into, symbols, target);
            return RecordKind.Metadata;
        });
    }
}
