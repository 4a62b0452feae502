using Pleiad.Model;

namespace Pleiad.Node;

/// <summary>Numbers the series of an import as they are first seen, and knows where each belongs.</summary>
internal sealed class SeriesNumbers(ShardMap map)
{
    private readonly Dictionary<Labels, int> _numbers = [];
    private readonly List<Labels> _labels = [];
    private int[] _ranks = [];

    /// <summary>How many.</summary>
    public int Count => _labels.Count;

    /// <summary>The number of a series.</summary>
    public int Of(Labels labels)
    {
        if (!_numbers.TryGetValue(labels, out int number))
        {
            _numbers.Add(labels, number = _labels.Count);
            _labels.Add(labels);
        }

        return number;
    }

    /// <summary>The labels of a series.</summary>
    public Labels LabelsOf(int number) => _labels[number];

    /// <summary>The shard of a series.</summary>
    public ShardId ShardOf(int number) => map.Of(_labels[number]);

    /// <summary>By number, the place of each series in the order of shards and, in a shard, of labels; and the other way round.</summary>
    public (int[] RankOf, int[] AtRank) Ranks()
    {
        int[] atRank = [.. Enumerable.Range(0, Count)];
        if (_ranks.Length != Count)
        {
            int[] shards = [.. atRank.Select(number => ShardOf(number).Value)];
            Array.Sort(atRank, (left, right) => shards[left] != shards[right] ? shards[left].CompareTo(shards[right]) : _labels[left].CompareTo(_labels[right]));
            _ranks = atRank;
        }

        atRank = _ranks;
        int[] rankOf = new int[Count];
        for (int rank = 0; rank < atRank.Length; rank++)
        {
            rankOf[atRank[rank]] = rank;
        }

        return (rankOf, atRank);
    }
}
