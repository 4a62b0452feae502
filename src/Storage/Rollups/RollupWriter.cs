using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Writes the rollups of a range: from the samples that blocks have, and from rollups of before where samples are gone.</summary>
/// <remarks>
/// Of a bucket that both say something of, the one with more samples counts. Samples come late, so the new one has more; retention,
/// the limit of size and damage take samples away, so the old one has more; what is deleted is in neither.
/// </remarks>
internal sealed class RollupWriter(RollupJob job) : IDisposable
{
    private readonly RollupFold _fold = new();
    private readonly RollupSeries _series = new();
    private readonly PartsOfSeries _parts = new();
    private readonly SampleColumns _samples = new();
    private readonly RollupColumns _new = new();
    private readonly RollupColumns _old = new();
    private readonly RollupColumns _merged = new();
    private readonly List<(TimeRange Ends, BlockSeriesReader Reader)> _spans = [];

    private RollupExtent Extent => job.Extent;

    /// <summary>Adds all series to a block.</summary>
    /// <returns>Chunks that were damaged and are left out.</returns>
    public int AddAll(BlockBuilder into)
    {
        ViewParts parts = job.View.Pin.Parts;
        IReadOnlyList<RollupPart> before = parts.Rollups.Level(Extent.ResolutionMs)?.Parts ?? [];
        RollupPart[] old = [.. before.Where(part => part.Ends.Any(ends => RollupSpans.Common(ends, Extent.Ends) is not null))];
        BlockWalk[] oldWalks = [.. old.Select(part => new BlockWalk(part.Block, parts.Tombstones))];

        // A bucket that something is deleted of is made again from what is left of its samples.
        bool readsSamples = job.ReadsSamples || old.Any(part => part.Block.DeletedBy(parts.Tombstones, CancellationToken.None) is not null);
        BlockWalk[] samples = readsSamples
            ? [.. parts.Blocks.Overlapping(Extent.Ends).Select(block => new BlockWalk(block, parts.Tombstones))]
            : [];
        var series = new BlocksByLabels([.. samples, .. oldWalks]);
        int lost = 0;
        while (series.MoveNext())
        {
            _parts.Clear();
            _samples.Clear();
            _spans.Clear();
            foreach (BlockWalk source in series.Same)
            {
                int index = Array.IndexOf(oldWalks, source);
                if (index < 0)
                {
                    _parts.Add(source.Reader);
                }
                else
                {
                    AddSpans(old[index], source.Reader);
                }
            }

            if (_parts.Count > 0)
            {
                lost += _parts.Read(parts.Cut.Clip(job.View.Pin.Clip(Extent.Ends), series.Labels), _samples, newestOnly: false);
            }

            lost += ReadOld();
            _new.Clear();
            _fold.Append(_samples, Extent.ResolutionMs, Extent.Ends, _new);
            RollupColumns all = _old.Count == 0 ? _new : _new.Count == 0 ? _old : Merged();
            if (all.Count > 0)
            {
                into.Add(series.Labels, all);
            }
        }

        return lost;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _series.Dispose();
        _parts.Dispose();
        _samples.Dispose();
    }

    private void AddSpans(RollupPart part, BlockSeriesReader reader)
    {
        foreach (TimeRange ends in RollupSpans.Without([.. part.Ends], reader.Deleted, Extent.ResolutionMs))
        {
            if (RollupSpans.Common(ends, Extent.Ends) is { } common)
            {
                _spans.Add((common, reader));
            }
        }
    }

    private int ReadOld()
    {
        _old.Clear();
        _spans.Sort(static (left, right) => left.Ends.After.CompareTo(right.Ends.After));
        int lost = 0;
        foreach ((TimeRange ends, BlockSeriesReader reader) in _spans)
        {
            lost += _series.Read(reader, ends, RollupSeries.AllColumns, _old);
        }

        return lost;
    }

    private RollupColumns Merged()
    {
        _merged.Clear();
        int old = 0;
        int made = 0;
        while (old < _old.Count || made < _new.Count)
        {
            long oldEnd = old < _old.Count ? _old.Ends[old] : long.MaxValue;
            long newEnd = made < _new.Count ? _new.Ends[made] : long.MaxValue;
            if (oldEnd == newEnd)
            {
                // A histogram is as much as there is to be known of a bucket.
                double before = _old[RollupColumn.Count][old];
                double now = _new[RollupColumn.Count][made];
                bool keepsOld = now >= 0 && (before < 0 || before > now);
                _merged.Add(keepsOld ? _old : _new, keepsOld ? old : made);
                old++;
                made++;
            }
            else if (oldEnd < newEnd)
            {
                _merged.Add(_old, old++);
            }
            else
            {
                _merged.Add(_new, made++);
            }
        }

        return _merged;
    }
}
