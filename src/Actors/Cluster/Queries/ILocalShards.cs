using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>The shards that this node has, to be read.</summary>
internal interface ILocalShards
{
    /// <summary>Which series belongs where.</summary>
    ShardMap Map { get; }

    /// <summary>A view of each of some shards.</summary>
    /// <param name="shards">Numbers, ascending; this node has them.</param>
    /// <param name="cancel">Gives up.</param>
    Task<LocalViews> ViewAsync(IReadOnlyList<int> shards, CancellationToken cancel);

    /// <summary>The exemplars of a shard.</summary>
    Task<IReadOnlyList<StoredExemplar>> ExemplarsAsync(int shard, CancellationToken cancel);

    /// <summary>Chunks of a shard that are kept, of whatever age.</summary>
    Task<long> ChunksAsync(int shard, CancellationToken cancel);
}

/// <summary>Views of some shards of this node; gives them back.</summary>
/// <param name="views">By number of the shard.</param>
internal sealed class LocalViews(IReadOnlyDictionary<int, ISeriesSource> views) : IDisposable
{
    /// <summary>Numbers, in no particular order.</summary>
    public IEnumerable<int> Shards => views.Keys;

    /// <summary>Chunks of all of them that could not be read so far.</summary>
    public int ChunksDamaged => views.Keys.Sum(DamagedOf);

    /// <summary>Whether there is a view of a shard.</summary>
    public bool Has(int shard) => views.ContainsKey(shard);

    /// <summary>The view of a shard.</summary>
    public ISeriesSource Of(int shard) => views[shard];

    /// <summary>What the view of a shard has, as far as the view tells and the node still stands by it.</summary>
    /// <param name="shard">Its number.</param>
    /// <param name="before">As the node said before the view was taken.</param>
    /// <param name="places">Asked again: a shard that has failed meanwhile may have been recovered with less, or with damaged files.</param>
    public ShardMark MarkOf(int shard, ShardMark before, IShardPlaces places)
    {
        ShardMark mark = before.And(places.MarkOf(shard));
        return views[shard] is ShardView view && view.Seq < mark.Seq ? mark with { Seq = view.Seq } : mark;
    }

    /// <summary>Whether the view of a shard has all that its journal had when it was looked at last.</summary>
    /// <param name="shard">Its number.</param>
    /// <param name="places">Asked behind the view: the shard may have failed before it was taken, and been recovered with less.</param>
    public bool IsWhole(int shard, IShardPlaces places) =>
        places.WholeFrom(shard) is var from && from != AppliedMarks.Nowhere && (views[shard] is not ShardView view || view.Seq >= from);

    /// <summary>Chunks of a shard that could not be read so far.</summary>
    public int DamagedOf(int shard) => views[shard] is ShardView view ? view.ChunksDamaged : 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable view in views.Values.OfType<IDisposable>())
        {
            view.Dispose();
        }
    }
}
