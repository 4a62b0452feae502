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

    // Pairs of series that have gone stay until there are more than that for each series that is kept: then all go. Few series have more that nobody else has.
    private const int PairsOfSeries = 4;

    private const int OnStackMax = 64;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(static _ => new Part())];
    private readonly int _seriesMax = seriesMax;
    private int _seriesKept = seriesMax;
    private LabelPairs _pairs = new();

    /// <summary>Texts of labels that came lately.</summary>
    internal LabelTexts Texts { get; } = new();

    /// <summary>Label pairs kept, of series that have gone too.</summary>
    internal int PairCount => Volatile.Read(ref _pairs).Count;

    /// <summary>From now on keeps fewer series, or as many as at first: what is too much by then goes at once.</summary>
    /// <param name="seriesKept">At most as many as at first.</param>
    public void LimitTo(int seriesKept)
    {
        int kept = Math.Min(seriesKept, _seriesMax);
        if (Interlocked.Exchange(ref _seriesKept, kept) > kept && (_parts.Any(part => part.Count > PartMax) || IsFull(_pairs)))
        {
            Empty(_pairs);
        }
    }

    private int PartMax => Math.Max(1, Volatile.Read(ref _seriesKept) / Parts);

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
        int count = LabelPairs.CountIn(bytes);
        Span<int> numbers = count <= OnStackMax ? stackalloc int[OnStackMax] : new int[count];
        numbers = numbers[..count];
        Part part = _parts[hash & (Parts - 1)];
        while (true)
        {
            LabelPairs pairs = Volatile.Read(ref _pairs);
            if (IsFull(pairs))
            {
                Empty(pairs);
                continue;
            }

            pairs.NumbersOf(bytes, numbers);
            lock (part.Lock)
            {
                // All were emptied meanwhile: a series with pairs from before would keep all of those.
                if (ReferenceEquals(pairs, Volatile.Read(ref _pairs)))
                {
                    return part.Add(hash, bytes, pairs, numbers, labels, shard, PartMax);
                }
            }
        }
    }

    private bool IsFull(LabelPairs pairs) => pairs.Count / PairsOfSeries > Math.Max(Parts, Volatile.Read(ref _seriesKept));

    // Once, whoever finds it full.
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
        private Blocks<int> _numbers = new();

        public Lock Lock { get; } = new();

        public Dictionary<ulong, KnownSeries> Series { get; } = [];

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

        public KnownSeries Add(ulong hash, ReadOnlySpan<byte> bytes, LabelPairs pairs, ReadOnlySpan<int> numbers, Labels labels, ShardId shard, int seriesMax)
        {
            if (Series.TryGetValue(hash, out KnownSeries? there))
            {
                if (there.IsOf(bytes))
                {
                    // Another request brought it at the same time.
                    return there;
                }

                there.LetGo();
            }
            else if (Series.Count >= seriesMax)
            {
                Empty();
            }

            (int[] block, int at) = _numbers.Keep(numbers);
            var series = new KnownSeries(pairs, block, at, numbers.Length, labels, shard);
            Series[hash] = series;
            return series;
        }

        // Others know them as their followers until they come again.
        public void Empty()
        {
            foreach (KnownSeries series in Series.Values)
            {
                series.LetGo();
            }

            Series.Clear();
            _numbers = new Blocks<int>();
        }
    }
}
