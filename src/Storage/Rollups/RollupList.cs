using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The blocks of rollups of a shard as they are at one moment. Never changes; a view keeps the one it was taken with.</summary>
internal sealed class RollupList
{
    /// <summary>No block.</summary>
    public static readonly RollupList Empty = new([]);

    private readonly Dictionary<long, RollupLevel> _levels;

    /// <summary>Some blocks, in any order.</summary>
    public RollupList(IEnumerable<Block> blocks)
    {
        Blocks = [.. blocks.OrderBy(static block => block.Number)];
        _levels = Blocks.GroupBy(static block => block.Rollup!.ResolutionMs)
            .ToDictionary(static level => level.Key, static level => new RollupLevel(level.Key, [.. level]));
    }

    /// <summary>All of them, in the order of their numbers.</summary>
    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>Bytes of their files.</summary>
    public long Bytes => Blocks.Sum(static block => block.Length);

    /// <summary>Those of each resolution.</summary>
    public IReadOnlyCollection<RollupLevel> Levels => _levels.Values;

    /// <summary>The largest number of a tombstone that any of them has applied; 0 for none.</summary>
    public long TombstonesApplied => Blocks.Count == 0 ? 0 : Blocks.Max(static block => block.TombstonesApplied);

    /// <summary>Those of one resolution; null where there are none.</summary>
    public RollupLevel? Level(long resolutionMs) => _levels.GetValueOrDefault(resolutionMs);

    /// <summary>Blocks of which nothing is read, because later ones say it anew.</summary>
    public IReadOnlyList<Block> Hidden() => [.. Blocks.Except(_levels.Values.SelectMany(static level => level.Parts.Select(static part => part.Block)))];
}

/// <summary>The rollups of one resolution.</summary>
internal sealed class RollupLevel
{
    /// <summary>At least one block.</summary>
    public RollupLevel(long resolutionMs, IReadOnlyList<Block> blocks)
    {
        ResolutionMs = resolutionMs;
        var parts = new List<RollupPart>();
        var said = new List<TimeRange>();
        foreach (Block block in blocks.OrderByDescending(static block => block.Number))
        {
            // What a later block says of a bucket is said anew, also that there is none.
            List<TimeRange> ends = [block.Rollup!.Ends];
            foreach (TimeRange later in said)
            {
                ends = RollupSpans.Without(ends, later);
            }

            said.Add(block.Rollup.Ends);
            if (ends.Count > 0)
            {
                parts.Add(new RollupPart(block, ends));
            }
        }

        Parts = [.. parts.OrderBy(static part => part.Ends[0].After)];
        SourcesThrough = blocks.Max(static block => block.Rollup!.SourcesThrough);
        CoveredThrough = blocks.Max(static block => block.Rollup!.Ends.Through);
        CoveredAfter = blocks.Min(static block => block.Rollup!.Ends.After);
    }

    /// <summary>Length of the buckets.</summary>
    public long ResolutionMs { get; }

    /// <summary>What is read of which block.</summary>
    public IReadOnlyList<RollupPart> Parts { get; }

    /// <summary>Every block of samples up to this number was looked at.</summary>
    public long SourcesThrough { get; }

    /// <summary>The last bucket there is.</summary>
    public long CoveredThrough { get; }

    /// <summary>The first bucket ends after it.</summary>
    public long CoveredAfter { get; }

    /// <summary>What no block covers of a range.</summary>
    public List<TimeRange> GapsIn(TimeRange ends)
    {
        List<TimeRange> gaps = [ends];
        foreach (TimeRange covered in Parts.SelectMany(static part => part.Ends))
        {
            gaps = RollupSpans.Without(gaps, covered);
        }

        return gaps;
    }

    /// <summary>Whether a bucket that ends in a range, before a time, is covered.</summary>
    public bool CoversBefore(TimeRange ends, long time) =>
        Parts.Any(part => part.Ends.Any(range => RollupSpans.Common(range, ends) is { } common && common.After + ResolutionMs < time));
}

/// <summary>What is read of one block.</summary>
/// <param name="Block">The block.</param>
/// <param name="Ends">The ends of the buckets for which no later block is read; not empty, in order.</param>
internal sealed record RollupPart(Block Block, IReadOnlyList<TimeRange> Ends);
