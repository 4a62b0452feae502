using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Where each shard is: the actor that owns it. On one node all of them are here, for good.</summary>
/// <param name="map">Which series belongs where.</param>
/// <param name="owners">The actor of shard i at index i.</param>
/// <param name="atHand">A view that a shard has laid out for whoever wants one; null where its actor has to be asked.</param>
internal sealed class ShardDirectory(ShardMap map, IReadOnlyList<ActorRef> owners, Func<ShardId, ShardView?>? atHand = null)
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

    /// <summary>A view of every shard: those laid out at once, the others when their actors answer.</summary>
    /// <param name="threads">Threads a query over it may use.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="AskTimeoutException">A shard did not answer: a query over the others alone would have a silent hole.</exception>
    public ValueTask<ViewLease> ViewAsync(int threads, CancellationToken cancel)
    {
        var views = new ShardView?[Owners.Count];
        bool complete = true;
        for (int i = 0; i < views.Length; i++)
        {
            views[i] = atHand?.Invoke(new ShardId(i));
            complete &= views[i] is not null;
        }

        return complete ? new ValueTask<ViewLease>(new ViewLease(views!, Map, threads)) : new ValueTask<ViewLease>(AskAsync(views, threads, cancel));
    }

    private async Task<ViewLease> AskAsync(ShardView?[] views, int threads, CancellationToken cancel)
    {
        var asked = new Task<ShardView>[views.Length];
        for (int i = 0; i < asked.Length; i++)
        {
            asked[i] = views[i] is { } atHand ? Task.FromResult(atHand) : Owners[i].Ask<ShardView>(TakeView.Instance, AnswerTimeout, cancel);
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
