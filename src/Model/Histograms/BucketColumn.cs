using System.Runtime.InteropServices;

namespace Pleiad.Model;

/// <summary>The buckets of one side of a histogram while it is computed with: indexes, ascending, and counts beside them.</summary>
internal sealed class BucketColumn
{
    private int[] _indexes;
    private CompensatedSum[] _counts;

    private BucketColumn(int[] indexes, CompensatedSum[] counts)
    {
        _indexes = indexes;
        _counts = counts;
    }

    /// <summary>Buckets.</summary>
    public int Length => _indexes.Length;

    /// <summary>Indexes, ascending.</summary>
    public ReadOnlySpan<int> Indexes => _indexes;

    /// <summary>Counts.</summary>
    public ReadOnlySpan<CompensatedSum> Counts => _counts;

    /// <summary>The buckets of one side.</summary>
    public static BucketColumn Of(BucketSpan[] spans, double[] counts)
    {
        var indexes = new int[counts.Length];
        var sums = new CompensatedSum[counts.Length];
        int at = 0;
        int index = 0;
        foreach (BucketSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length && at < counts.Length; i++)
            {
                indexes[at] = index++;
                sums[at] = new CompensatedSum(counts[at]);
                at++;
            }
        }

        return new BucketColumn(indexes, sums);
    }

    /// <summary>Adds other buckets times a factor.</summary>
    public void Add(BucketColumn other, double factor)
    {
        if (_indexes.AsSpan().SequenceEqual(other._indexes))
        {
            for (int i = 0; i < _counts.Length; i++)
            {
                _counts[i] = _counts[i].Plus(other._counts[i].Times(factor));
            }

            return;
        }

        var indexes = new List<int>(Length + other.Length);
        var counts = new List<CompensatedSum>(Length + other.Length);
        int left = 0;
        int right = 0;
        while (left < Length || right < other.Length)
        {
            int order = left == Length ? 1 : right == other.Length ? -1 : _indexes[left].CompareTo(other._indexes[right]);
            CompensatedSum count = order > 0 ? default : _counts[left];
            indexes.Add(order > 0 ? other._indexes[right] : _indexes[left]);
            counts.Add(order < 0 ? count : count.Plus(other._counts[right].Times(factor)));
            left += order <= 0 ? 1 : 0;
            right += order >= 0 ? 1 : 0;
        }

        _indexes = [.. indexes];
        _counts = [.. counts];
    }

    /// <summary>Multiplies all counts.</summary>
    public void Scale(double factor)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = _counts[i].Times(factor);
        }
    }

    /// <summary>Divides all counts.</summary>
    public void Divide(double divisor)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = _counts[i].DividedBy(divisor);
        }
    }

    /// <summary>Gives buckets new indexes, which must not descend; those that fall together are added up.</summary>
    public void Renumber(Func<int, int> indexOf)
    {
        int kept = 0;
        for (int i = 0; i < _indexes.Length; i++)
        {
            int index = indexOf(_indexes[i]);
            if (kept > 0 && _indexes[kept - 1] == index)
            {
                _counts[kept - 1] = _counts[kept - 1].Plus(_counts[i]);
            }
            else
            {
                _indexes[kept] = index;
                _counts[kept] = _counts[i];
                kept++;
            }
        }

        Array.Resize(ref _indexes, kept);
        Array.Resize(ref _counts, kept);
    }

    /// <summary>Removes the first buckets.</summary>
    public void RemoveFirst(int count)
    {
        if (count > 0)
        {
            _indexes = _indexes[count..];
            _counts = _counts[count..];
        }
    }

    /// <summary>The largest count by magnitude, 0 where there is none.</summary>
    public double LargestMagnitude()
    {
        double largest = 0;
        foreach (CompensatedSum count in _counts)
        {
            largest = Math.Max(largest, Math.Abs(count.Value));
        }

        return largest;
    }

    /// <summary>The buckets as spans and counts.</summary>
    /// <param name="emptyMax">Empty buckets in a row that are kept inside a span rather than left out by starting another.</param>
    public (BucketSpan[] Spans, double[] Counts) ToSpans(int emptyMax = 0)
    {
        var spans = new List<BucketSpan>();
        var counts = new List<double>(Length);
        int next = 0;
        for (int i = 0; i < Length; i++)
        {
            double count = _counts[i].Total;
            if (count == 0)
            {
                continue;
            }

            int gap = _indexes[i] - next;
            if (spans.Count > 0 && gap <= emptyMax)
            {
                CollectionsMarshal.SetCount(counts, counts.Count + gap);
                CollectionsMarshal.AsSpan(counts)[^gap..].Clear();
                spans[^1] = spans[^1] with { Length = spans[^1].Length + (uint)gap + 1 };
            }
            else
            {
                spans.Add(new BucketSpan(gap, 1));
            }

            counts.Add(count);
            next = _indexes[i] + 1;
        }

        return ([.. spans], [.. counts]);
    }

    /// <summary>A copy to compute with.</summary>
    public BucketColumn Copy() => new([.. _indexes], [.. _counts]);
}
