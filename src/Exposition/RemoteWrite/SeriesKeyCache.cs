using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// Series by the bytes of their labels, so that a series which a sender repeats costs a hash and a compare.
/// Bounded: a full part is emptied, and its series are made anew when they come again.
/// </summary>
/// <param name="seriesMax">Series kept at most.</param>
public sealed class SeriesKeyCache(int seriesMax)
{
    private const int Parts = 16;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part())];
    private readonly int _partMax = Math.Max(1, seriesMax / Parts);

    internal KnownSeries? Find(ReadOnlySpan<byte> labels, ulong hash)
    {
        Part part = _parts[hash & (Parts - 1)];
        lock (part.Lock)
        {
            return part.Series.TryGetValue(hash, out KnownSeries? series) && labels.SequenceEqual(series.Bytes) ? series : null;
        }
    }

    internal void Put(ulong hash, KnownSeries series)
    {
        Part part = _parts[hash & (Parts - 1)];
        lock (part.Lock)
        {
            if (part.Series.Count >= _partMax)
            {
                part.Series.Clear();
            }

            part.Series[hash] = series;
        }
    }

    private sealed class Part
    {
        public Lock Lock { get; } = new();

        public Dictionary<ulong, KnownSeries> Series { get; } = [];
    }
}

/// <summary>A series with the bytes it was found by.</summary>
/// <param name="bytes">Names and values, each behind its length.</param>
/// <param name="key">What batches carry.</param>
/// <param name="shard">Where it belongs.</param>
internal sealed class KnownSeries(byte[] bytes, SeriesKey key, ShardId shard)
{
    public byte[] Bytes { get; } = bytes;

    public SeriesKey Key { get; } = key;

    public ShardId Shard { get; } = shard;

    /// <summary>Of what was said of the series last; 0 for nothing. Two requests at once may both see it old: what is said twice does no harm.</summary>
    public ulong MetadataHash { get; set; }
}
