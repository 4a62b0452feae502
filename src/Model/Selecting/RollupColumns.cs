namespace Pleiad.Model;

/// <summary>What a bucket says of its samples. The numbers are those of the columns on disk (docs/formats/rollup.md).</summary>
public enum RollupColumn
{
    /// <summary>Floats, stale markers not counted; below zero where the bucket has native histograms, of which rollups say nothing.</summary>
    Count,

    /// <summary>Milliseconds from the first float to the end of the bucket.</summary>
    FirstAge,

    /// <summary>The first float.</summary>
    First,

    /// <summary>Milliseconds from the last float to the end of the bucket.</summary>
    LastAge,

    /// <summary>The last float.</summary>
    Last,

    /// <summary>The smallest; NaN where all are NaN.</summary>
    Min,

    /// <summary>The largest; NaN where all are NaN.</summary>
    Max,

    /// <summary>The sum.</summary>
    Sum,

    /// <summary>The sum of the values that a smaller one followed in the same bucket: what a counter lost by starting anew.</summary>
    Dropped,

    /// <summary>How often a smaller value followed in the same bucket.</summary>
    Resets,

    /// <summary>How often another value followed in the same bucket.</summary>
    Changes,

    /// <summary>Where a stale marker is the newest in the bucket: 1 and the milliseconds from it to the end of the bucket; else 0.</summary>
    StaleAge,
}

/// <summary>The buckets of one series as columns, in order of time: what <see cref="SeriesCursor.TryReadRollups"/> reads into.</summary>
public sealed class RollupColumns
{
    /// <summary>Columns there are.</summary>
    public const int ColumnCount = (int)RollupColumn.StaleAge + 1;

    private readonly double[][] _columns = [.. Enumerable.Range(0, ColumnCount).Select(static _ => Array.Empty<double>())];
    private long[] _ends = [];

    /// <summary>Buckets held.</summary>
    public int Count { get; private set; }

    /// <summary>The end of each bucket, in milliseconds; a sample at this very time is inside.</summary>
    public ReadOnlySpan<long> Ends => _ends.AsSpan(0, Count);

    /// <summary>Of buckets that end at or before this time the samples themselves are gone, or are not asked for.</summary>
    public long AloneThrough { get; set; } = long.MinValue;

    /// <summary>A column; meaningless where it was not asked for.</summary>
    public ReadOnlySpan<double> this[RollupColumn column] => _columns[(int)column].AsSpan(0, Count);

    /// <summary>Forgets all buckets.</summary>
    public void Clear()
    {
        Count = 0;
        AloneThrough = long.MinValue;
    }

    /// <summary>Adds a bucket.</summary>
    /// <param name="end">Later than that of the bucket before.</param>
    /// <param name="bucket">A value for each column.</param>
    public void Add(long end, ReadOnlySpan<double> bucket)
    {
        int at = Grow(1);
        _ends[at] = end;
        for (int column = 0; column < ColumnCount; column++)
        {
            _columns[column][at] = bucket[column];
        }
    }

    /// <summary>Adds a bucket of others.</summary>
    public void Add(RollupColumns from, int index)
    {
        ArgumentNullException.ThrowIfNull(from);
        int at = Grow(1);
        _ends[at] = from._ends[index];
        for (int column = 0; column < ColumnCount; column++)
        {
            _columns[column][at] = from._columns[column][index];
        }
    }

    /// <summary>Adds buckets of which only the ends are said so far.</summary>
    /// <returns>The index of the first of them.</returns>
    public int Add(ReadOnlySpan<long> ends)
    {
        int at = Grow(ends.Length);
        ends.CopyTo(_ends.AsSpan(at));
        return at;
    }

    /// <summary>Says a column of buckets that were added last.</summary>
    /// <param name="column">Which.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="values">As many as they are.</param>
    public void Set(RollupColumn column, int first, ReadOnlySpan<double> values) => values.CopyTo(_columns[(int)column].AsSpan(first));

    private int Grow(int more)
    {
        int at = Count;
        Count += more;
        if (Count > _ends.Length)
        {
            int length = Math.Max(Count, Math.Max(64, 2 * _ends.Length));
            Array.Resize(ref _ends, length);
            for (int column = 0; column < ColumnCount; column++)
            {
                Array.Resize(ref _columns[column], length);
            }
        }

        return at;
    }
}
