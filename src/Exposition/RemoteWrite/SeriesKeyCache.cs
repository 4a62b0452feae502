using System.Diagnostics;
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
    private int _partMax = Math.Max(1, seriesMax / Parts);

    /// <summary>From now on keeps fewer series, or as many as at first: what is too much by then goes at once.</summary>
    /// <param name="seriesKept">At most as many as at first.</param>
    public void LimitTo(int seriesKept)
    {
        int partMax = Math.Max(1, Math.Min(seriesKept, seriesMax) / Parts);
        if (Interlocked.Exchange(ref _partMax, partMax) <= partMax)
        {
            return;
        }

        foreach (Part part in _parts)
        {
            lock (part.Lock)
            {
                if (part.Series.Count > partMax)
                {
                    part.Series.Clear();
                    part.Series.TrimExcess();
                }
            }
        }
    }

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
            if (part.Series.Count >= Volatile.Read(ref _partMax))
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

/// <summary>
/// A series with the bytes it was found by, from which it tells its labels when it does not keep them: once a shard knows the series, nobody
/// asks, and texts of its own would be the greater part of what a series costs.
/// </summary>
internal sealed class KnownSeries : SeriesKey
{
    // Somebody who asks again and again, such as a destination that samples are forwarded to, is not served by making texts each time.
    private const int TimesTold = 2;

    private int _told;

    /// <param name="bytes">Names and values, each behind its length.</param>
    /// <param name="labels">The same.</param>
    /// <param name="shard">Where it belongs.</param>
    public KnownSeries(byte[] bytes, Labels labels, ShardId shard)
        : base(labels)
    {
        Bytes = bytes;
        Shard = shard;
    }

    public byte[] Bytes { get; }

    public ShardId Shard { get; }

    /// <summary>Of what was said of the series last; 0 for nothing. Two requests at once may both see it old: what is said twice does no harm.</summary>
    public ulong MetadataHash { get; set; }

    /// <summary>A shard has seen the key, or refused it.</summary>
    public void ForgetLabels() => Keep(null);

    /// <inheritdoc/>
    protected override Labels TellLabels()
    {
        string? fault = LabelBytes.TryMake(Bytes, out Labels labels);
        Debug.Assert(fault is null, "they were made before");
        if (Interlocked.Increment(ref _told) > TimesTold)
        {
            Keep(labels);
        }

        return labels;
    }
}
