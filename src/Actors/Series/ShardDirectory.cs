using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Where each shard is: the actor that owns it. On one node all of them are here, for good.</summary>
/// <param name="map">Which series belongs where.</param>
/// <param name="owners">The actor of shard i at index i.</param>
internal sealed class ShardDirectory(ShardMap map, IReadOnlyList<ActorRef> owners)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Which series belongs where.</summary>
    public ShardMap Map { get; } = map;

    /// <summary>The actor that owns a shard.</summary>
    public ActorRef OwnerOf(ShardId shard) => Owners[shard.Value];

    /// <summary>All owners, in the order of shards.</summary>
    public IReadOnlyList<ActorRef> Owners { get; } = owners;

    /// <summary>The exemplars of every shard.</summary>
    public async Task<IEnumerable<StoredExemplar>> ExemplarsAsync(CancellationToken cancel)
    {
        ExemplarsTaken[] taken = await Task.WhenAll(
            Owners.Select(owner => owner.Ask<ExemplarsTaken>(TakeExemplars.Instance, AnswerTimeout, cancel)));
        return taken.SelectMany(shard => shard.Exemplars);
    }

    /// <summary>A view of every shard.</summary>
    /// <param name="threads">Threads a query over it may use.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="AskTimeoutException">A shard did not answer: a query over the others alone would have a silent hole.</exception>
    public async Task<ViewLease> ViewAsync(int threads, CancellationToken cancel)
    {
        var asked = new Task<ShardView>[Owners.Count];
        for (int i = 0; i < asked.Length; i++)
        {
            asked[i] = Owners[i].Ask<ShardView>(TakeView.Instance, AnswerTimeout, cancel);
        }

        try
        {
            return new ViewLease(await Task.WhenAll(asked), Map, threads);
        }
        catch
        {
            // Whatever one shard's failure is, the views of the others must not keep memory back.
            foreach (Task<ShardView> task in asked)
            {
                _ = task.ContinueWith(
                    static answered => answered.Result.Dispose(),
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
            }

            throw;
        }
    }
}

/// <summary>Views of all shards for one query; gives them back.</summary>
internal sealed class ViewLease(ShardView[] views, ShardMap map, int threads) : IDisposable
{
    /// <summary>All of them as one source.</summary>
    public ISeriesSource Source { get; } = new ShardedSource(views, map, threads);

    /// <summary>Each for itself, in the order of shards.</summary>
    public IReadOnlyList<ShardView> Views => views;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ShardView view in views)
        {
            view.Dispose();
        }
    }
}
