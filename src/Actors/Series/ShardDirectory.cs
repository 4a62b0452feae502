using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Where each shard is: the actor that owns it. On one node all of them are here, for good.</summary>
/// <param name="map">Which series belongs where.</param>
/// <param name="owners">The actor of shard i at index i.</param>
/// <param name="atHand">A view that a shard has laid out for whoever wants one; null where its actor has to be asked.</param>
internal sealed class ShardDirectory(ShardMap map, IReadOnlyList<ActorRef> owners, Func<ShardId, ShardView?>? atHand = null) : ILocalShards
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Which series belongs where.</summary>
    public ShardMap Map { get; } = map;

    /// <summary>The actor that owns a shard.</summary>
    public ActorRef OwnerOf(ShardId shard) => Owners[shard.Value];

    /// <summary>All owners, in the order of shards.</summary>
    public IReadOnlyList<ActorRef> Owners { get; } = owners;

    private readonly int[] _all = [.. Enumerable.Range(0, owners.Count)];

    /// <summary>A view of every shard: those laid out at once, the others when their actors answer.</summary>
    /// <param name="threads">Threads a query over it may use.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="AskTimeoutException">A shard did not answer: a query over the others alone would have a silent hole.</exception>
    public async ValueTask<ViewLease> ViewAsync(int threads, CancellationToken cancel) => new(await ViewsAsync(_all, cancel), this, threads);

    /// <inheritdoc/>
    /// <exception cref="AskTimeoutException">A shard did not answer.</exception>
    public async Task<LocalViews> ViewAsync(IReadOnlyList<int> shards, CancellationToken cancel)
    {
        ShardView[] views = await ViewsAsync(shards, cancel);
        return new LocalViews(shards.Zip(views).ToDictionary(static pair => pair.First, static ISeriesSource (pair) => pair.Second));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredExemplar>> ExemplarsAsync(int shard, CancellationToken cancel) =>
        (await Owners[shard].Ask<ExemplarsTaken>(TakeExemplars.Instance, AnswerTimeout, cancel)).Exemplars;

    /// <inheritdoc/>
    public async Task<long> ChunksAsync(int shard, CancellationToken cancel) =>
        Chunks((await Owners[shard].Ask<FiguresTaken>(TakeFigures.Instance, AnswerTimeout, cancel)).Figures);

    /// <summary>When the newest sample of a series is in a range, a stale marker included; null where it has none there.</summary>
    /// <param name="series">All of its labels; its shard is read as this node has it.</param>
    /// <param name="range">Where samples count.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="AskTimeoutException">The shard did not answer.</exception>
    public async Task<Timestamp?> NewestSampleAsync(Labels series, TimeRange range, CancellationToken cancel)
    {
        int shard = Map.Of(series).Value;
        using LocalViews views = await ViewAsync([shard], cancel);
        using var samples = new SampleColumns();
        using SeriesCursor cursor = views.Of(shard).Select(
            new SelectRequest([.. series.Select(static label => new Matcher(label.Name, MatchKind.Equal, label.Value))], range) { NewestOnly = true }, cancel);
        while (cursor.MoveNext())
        {
            // Others may have these labels and more.
            if (cursor.Labels.Equals(series))
            {
                cursor.Read(samples);
            }
        }

        return samples.Count > 0 ? new Timestamp(samples.Times[^1]) : null;
    }

    // Each series has a chunk that is still open.
    private static long Chunks(ShardFigures figures) => figures.SealedChunks + figures.Series;

    private ValueTask<ShardView[]> ViewsAsync(IReadOnlyList<int> shards, CancellationToken cancel)
    {
        var views = new ShardView?[shards.Count];
        bool complete = true;
        for (int i = 0; i < views.Length; i++)
        {
            views[i] = atHand?.Invoke(new ShardId(shards[i]));
            complete &= views[i] is not null;
        }

        return complete ? new ValueTask<ShardView[]>(views!) : new ValueTask<ShardView[]>(AskAsync(shards, views, cancel));
    }

    private async Task<ShardView[]> AskAsync(IReadOnlyList<int> shards, ShardView?[] views, CancellationToken cancel)
    {
        var asked = new Task<ShardView>[views.Length];
        for (int i = 0; i < asked.Length; i++)
        {
            asked[i] = views[i] is { } laidOut ? Task.FromResult(laidOut) : Owners[shards[i]].Ask<ShardView>(TakeView.Instance, AnswerTimeout, cancel);
        }

        try
        {
            return await Task.WhenAll(asked);
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

/// <summary>Views of all shards of a node for one query; gives them back.</summary>
internal sealed class ViewLease(ShardView[] views, ILocalShards shards, int threads) : QueryView
{
    /// <inheritdoc/>
    public override IQuerySource Source { get; } = new ShardedSource(views, shards.Map, threads);

    /// <inheritdoc/>
    public override int ChunksDamaged => views.Sum(static view => view.ChunksDamaged);

    /// <inheritdoc/>
    public override IReadOnlyList<MissingSamples> Missing => [.. views.SelectMany(static view => view.Missing).DistinctBy(static missing => missing.File)];

    /// <summary>Each for itself, in the order of shards.</summary>
    public IReadOnlyList<ShardView> Views => views;

    /// <inheritdoc/>
    public override async Task<IEnumerable<StoredExemplar>> ExemplarsAsync(CancellationToken cancel) =>
        (await Task.WhenAll(views.Select((_, shard) => shards.ExemplarsAsync(shard, cancel)))).SelectMany(static shard => shard);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<ShardCardinality>> CardinalitiesAsync(IReadOnlyList<Matcher> matchers, string focus, CancellationToken cancel) =>
        await Task.WhenAll(views.Select((view, shard) => StorageFigures.OfShardAsync(shards, shard, view, matchers, focus, cancel)));

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (ShardView view in views)
        {
            view.Dispose();
        }
    }
}
