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

    // Pairs of series that have gone stay until there are more than that for each series: then all go.
    private const int PairsOfSeries = 2;

    private const int OnStackMax = 64;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(static _ => new Part())];
    private int _partMax = Math.Max(1, seriesMax / Parts);
    private LabelPairs _pairs = new();

    /// <summary>Texts of labels that came lately.</summary>
    internal LabelTexts Texts { get; } = new();

    /// <summary>Label pairs kept, of series that have gone too.</summary>
    internal int PairCount => Volatile.Read(ref _pairs).Count;

    /// <summary>From now on keeps fewer series, or as many as at first: what is too much by then goes at once.</summary>
    /// <param name="seriesKept">At most as many as at first.</param>
    public void LimitTo(int seriesKept)
    {
        int partMax = Math.Max(1, Math.Min(seriesKept, seriesMax) / Parts);
        if (Interlocked.Exchange(ref _partMax, partMax) > partMax && _parts.Any(part => part.Count > partMax))
        {
            Empty(_pairs);
        }
    }

    internal KnownSeries? Find(ReadOnlySpan<byte> labels, ulong hash)
    {
        Part part = _parts[hash & (Parts - 1)];
        lock (part.Lock)
        {
            return part.Series.TryGetValue(hash, out KnownSeries? series) && series.IsOf(labels) ? series : null;
        }
    }

    internal KnownSeries Add(ulong hash, ReadOnlySpan<byte> bytes, Labels labels, ShardId shard)
    {
        LabelPairs pairs = Volatile.Read(ref _pairs);
        if (pairs.Count / PairsOfSeries >= seriesMax)
        {
            Empty(pairs);
            pairs = Volatile.Read(ref _pairs);
        }

        int count = LabelPairs.CountIn(bytes);
        Span<int> numbers = count <= OnStackMax ? stackalloc int[OnStackMax] : new int[count];
        numbers = numbers[..count];
        pairs.NumbersOf(bytes, numbers);
        Part part = _parts[hash & (Parts - 1)];
        lock (part.Lock)
        {
            if (part.Series.Count >= Volatile.Read(ref _partMax))
            {
                part.Empty();
            }

            (int[] block, int at) = part.Numbers.Keep(numbers);
            var series = new KnownSeries(pairs, block, at, count, labels, shard);
            part.Series[hash] = series;
            return series;
        }
    }

    // Once, whoever finds it full. Who adds a series meanwhile may add one more with the pairs from before: it has them.
    private void Empty(LabelPairs seen)
    {
        if (Interlocked.CompareExchange(ref _pairs, new LabelPairs(), seen) != seen)
        {
            return;
        }

        foreach (Part part in _parts)
        {
            lock (part.Lock)
            {
                part.Empty();
                part.Series.TrimExcess();
            }
        }
    }

    private sealed class Part
    {
        public Lock Lock { get; } = new();

        public Dictionary<ulong, KnownSeries> Series { get; } = [];

        /// <summary>Numbers of label pairs.</summary>
        public Blocks<int> Numbers { get; private set; } = new();

        public int Count
        {
            get
            {
                lock (Lock)
                {
                    return Series.Count;
                }
            }
        }

        // Others know them as their followers until they come again.
        public void Empty()
        {
            foreach (KnownSeries series in Series.Values)
            {
                series.LetGo();
            }

            Series.Clear();
            Numbers = new Blocks<int>();
        }
    }
}
