using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// A series with the label pairs it was found by, from which it tells its labels when it does not keep them: once a shard knows the series, nobody
/// asks, and texts of its own would be the greater part of what a series costs.
/// </summary>
internal sealed class KnownSeries : SeriesKey
{
    // Somebody who asks again and again, such as a destination that samples are forwarded to, is not served by making texts each time.
    private const int TimesTold = 2;

    private readonly LabelPairs _pairs;
    private readonly int[] _block;
    private readonly int _at;
    private readonly int _count;
    private int _told;

    /// <param name="pairs">Has its pairs.</param>
    /// <param name="block">Has their numbers.</param>
    /// <param name="at">From here.</param>
    /// <param name="count">So many.</param>
    /// <param name="labels">The same.</param>
    /// <param name="shard">Where it belongs.</param>
    public KnownSeries(LabelPairs pairs, int[] block, int at, int count, Labels labels, ShardId shard)
        : base(labels)
    {
        _pairs = pairs;
        _block = block;
        _at = at;
        _count = count;
        Shard = shard;
    }

    public ShardId Shard { get; }

    /// <summary>The series that came behind this one last, as far as it is known. From any thread: whoever follows it compares.</summary>
    public KnownSeries? Follower { get; set; }

    /// <summary>Whether the cache has it still.</summary>
    public bool IsKept { get; private set; } = true;

    /// <summary>Of what was said of the series last; 0 for nothing. Two requests at once may both see it old: what is said twice does no harm.</summary>
    public ulong MetadataHash { get; set; }

    private ReadOnlySpan<int> Numbers => _block.AsSpan(_at, _count);

    /// <summary>Whether it is the series of some bytes: names and values in turn, each behind its length.</summary>
    public bool IsOf(ReadOnlySpan<byte> labels)
    {
        foreach (int number in Numbers)
        {
            ReadOnlySpan<byte> pair = _pairs[number];
            if (!labels.StartsWith(pair))
            {
                return false;
            }

            labels = labels[pair.Length..];
        }

        return labels.IsEmpty;
    }

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
        var bytes = new List<byte>();
        foreach (int number in Numbers)
        {
            bytes.AddRange(_pairs[number]);
        }

        Labels labels = LabelBytes.Make(bytes.ToArray());
        if (Interlocked.Increment(ref _told) > TimesTold)
        {
            Keep(labels);
        }

        return labels;
    }
}
