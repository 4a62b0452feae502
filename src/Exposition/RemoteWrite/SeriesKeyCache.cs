using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// Series by the bytes of their labels, so that a series which a sender repeats costs a hash and a compare; and only the compare where it comes behind the one
/// that it came behind before, as most do. Bounded: a full part is emptied, and its series are made anew when they come again.
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
                part.ForgetFollowers();
                if (part.Series.Count > partMax)
                {
                    part.Clear();
                    part.Series.TrimExcess();
                }
            }
        }
    }

    /// <summary>Texts of their labels.</summary>
    internal LabelTexts Texts { get; } = new();

    internal KnownSeries? Find(ReadOnlySpan<byte> labels, ulong hash)
    {
        Part part = _parts[hash & (Parts - 1)];
        lock (part.Lock)
        {
            return part.Series.TryGetValue(hash, out KnownSeries? series) && labels.SequenceEqual(series.Bytes) ? series : null;
        }
    }

    internal KnownSeries Add(ulong hash, ReadOnlySpan<byte> bytes, Labels labels, ShardId shard)
    {
        Part part = _parts[hash & (Parts - 1)];
        lock (part.Lock)
        {
            if (part.Series.Count >= Volatile.Read(ref _partMax))
            {
                part.Clear();
            }

            (byte[] block, int at) = part.Keep(bytes);
            var series = new KnownSeries(block, at, bytes.Length, labels, shard);
            part.Series[hash] = series;
            return series;
        }
    }

    private sealed class Part
    {
        // From the first block to the size that the collector does not move.
        private const int FirstBlockBytes = 4 * 1024;
        private const int BlockBytes = 128 * 1024;

        private byte[] _block = [];
        private int _used;

        public Lock Lock { get; } = new();

        public Dictionary<ulong, KnownSeries> Series { get; } = [];

        /// <summary>Of a series that has gone, others may know as their follower until they come again.</summary>
        public void ForgetFollowers()
        {
            foreach (KnownSeries series in Series.Values)
            {
                series.Follower = null;
            }
        }

        public void Clear()
        {
            foreach (KnownSeries series in Series.Values)
            {
                series.LetGo();
            }

            Series.Clear();
            _block = [];
            _used = 0;
        }

        // Behind one another, for an object for each would have the collector copy them all again and again. They go when all series of their block have gone.
        public (byte[] Block, int At) Keep(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > _block.Length - _used)
            {
                _block = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Clamp(_block.Length * 2, FirstBlockBytes, BlockBytes), bytes.Length));
                _used = 0;
            }

            int at = _used;
            bytes.CopyTo(_block.AsSpan(at));
            _used += bytes.Length;
            return (_block, at);
        }
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

    private readonly byte[] _block;
    private readonly int _at;
    private readonly int _length;
    private int _told;

    /// <param name="block">Has names and values, each behind its length.</param>
    /// <param name="at">From here.</param>
    /// <param name="length">So many bytes of them.</param>
    /// <param name="labels">The same.</param>
    /// <param name="shard">Where it belongs.</param>
    public KnownSeries(byte[] block, int at, int length, Labels labels, ShardId shard)
        : base(labels)
    {
        _block = block;
        _at = at;
        _length = length;
        Shard = shard;
    }

    public ReadOnlySpan<byte> Bytes => _block.AsSpan(_at, _length);

    public ShardId Shard { get; }

    /// <summary>The series that came behind this one last, as far as it is known. From any thread: whoever follows it compares.</summary>
    public KnownSeries? Follower { get; set; }

    /// <summary>Whether the cache has it still.</summary>
    public bool IsKept { get; private set; } = true;

    /// <summary>Of what was said of the series last; 0 for nothing. Two requests at once may both see it old: what is said twice does no harm.</summary>
    public ulong MetadataHash { get; set; }

    /// <summary>The cache has it no more.</summary>
    public void LetGo()
    {
        IsKept = false;
        Follower = null;
    }

    /// <summary>A shard has seen the key, or refused it.</summary>
    public void ForgetLabels() => Keep(null);

    /// <inheritdoc/>
    protected override Labels TellLabels()
    {
        Labels labels = LabelBytes.Make(Bytes);
        if (Interlocked.Increment(ref _told) > TimesTold)
        {
            Keep(labels);
        }

        return labels;
    }
}
