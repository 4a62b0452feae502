namespace Pleiad.Storage;

/// <summary>One segment on disk and what is in it.</summary>
/// <param name="number">Its number; segments have no gap.</param>
/// <param name="path">Where it lies.</param>
internal sealed class SegmentFile(long number, string path)
{
    private readonly Dictionary<int, long> _lastSeqs = [];

    /// <summary>Its number.</summary>
    public long Number { get; } = number;

    /// <summary>Where it lies.</summary>
    public string Path { get; } = path;

    /// <summary>Bytes that are sound and durable.</summary>
    public long Length { get; set; }

    /// <summary>Notes a record.</summary>
    public void Note(int shard, long seq) => _lastSeqs[shard] = Math.Max(seq, _lastSeqs.GetValueOrDefault(shard));

    /// <summary>Whether every record in it has been let go.</summary>
    public bool IsCovered(Func<int, long> releasedThrough)
    {
        foreach ((int shard, long seq) in _lastSeqs)
        {
            if (releasedThrough(shard) < seq)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it has records of a shard behind a number.</summary>
    public bool HasAfter(int shard, long seq) => _lastSeqs.GetValueOrDefault(shard) > seq;
}
