using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// What the operators of one run share: source, limits, cancellation, annotations, counts. Used by one thread at a time; what runs on a
/// shard has a context of its own, which goes into that of the query when it is done.
/// </summary>
/// <param name="run">What all contexts of a query have in common.</param>
/// <param name="source">Where series come from.</param>
/// <param name="slack">Samples held that the budget need not know of.</param>
internal sealed class QueryContext(QueryRun run, ISeriesSource source, long slack)
{
    // Of a row, the object of its labels and the array in it, and where its columns lie.
    private const int RowBytes = 144;

    // Of a series that is kept as a block: the object, and the two arrays of sixteen that a single step rents.
    private const int BlockBytes = 384;

    // Of bits that are kept by labels: the array and the place in a table.
    private const int EntryBytes = 64;

    // Of a group: its state, and its places in the tables of groups.
    private const int GroupBytes = 128;

    // What one thread keeps to itself of what it keeps before it tells.
    private const int BytesSlack = 1 << 16;

    private const int PieceSteps = 1 << 16;
    private const int ComparisonsBetweenLooks = 4096;

    private long _held;
    private long _untold;
    private long _untoldSeries;
    private long _untoldBytes;

    /// <summary>What all contexts of a query have in common.</summary>
    public QueryRun Run { get; } = run;

    /// <summary>Settings of the engine.</summary>
    public EngineSettings Settings => Run.Settings;

    /// <summary>Where series come from.</summary>
    public ISeriesSource Source { get; } = source;

    /// <summary>Whether this is a range query.</summary>
    public bool IsRange => Run.Origin.IsRange;

    /// <summary>Warnings and infos.</summary>
    public Annotations Annotations { get; } = new();

    /// <summary>What joins have seen that only all shards together can judge.</summary>
    public JoinWitnesses Joins { get; } = new();

    /// <summary>What the nodes of the plan have cost; null where nobody wants to know.</summary>
    public PlanFigures? Figures { get; } = run.Measures is { } clock ? new PlanFigures(clock) : null;

    /// <summary>Ends when the caller gives up or the time is over.</summary>
    public CancellationToken Canceled => Run.Canceled;

    /// <summary>What an operation that makes another metric does with the name.</summary>
    public NameFate DropName { get; } =
        run.Settings.Features.HasFlag(PromQLFeatures.DelayedNameRemoval) ? NameFate.DroppedAtEnd : NameFate.Dropped;

    /// <summary>Whether names are dropped at the end of the query.</summary>
    public bool DelaysNameRemoval => DropName == NameFate.DroppedAtEnd;

    /// <summary>Whether rate and kin read start timestamps.</summary>
    public bool UsesStartTimes { get; } = run.Settings.Features.HasFlag(PromQLFeatures.StartTimestamps);

    /// <summary>Samples touched, as Prometheus counts them.</summary>
    public StepCounts Counts { get; } = new(run.Origin.Steps.Count, run.CountsSteps);

    /// <summary>Samples that were worked on, each as often as it was.</summary>
    public long SamplesRead { get; set; }

    /// <summary>Series selected.</summary>
    public long SeriesRead { get; set; }

    /// <summary>The error of a query that holds too many samples.</summary>
    public static QueryException TooManySamples() => new(
        QueryErrorKind.Execution, "query processing would load too many samples into memory in query execution") { Limit = "samples" };

    /// <summary>The error of two results with the same labels at the same step.</summary>
    public static QueryException SameLabels() =>
        new(QueryErrorKind.Execution, "vector cannot contain metrics with the same labelset");

    /// <summary>The error of a query for which the process has no memory left, whatever was counted.</summary>
    public static QueryException OutOfMemory(OutOfMemoryException failure) => new(
        QueryErrorKind.Unavailable, "the node has no memory left to evaluate the query; try again later, or ask for less", inner: failure) { Limit = "memory" };

    /// <summary>Counts samples as held.</summary>
    /// <exception cref="QueryException">They are more than the limit.</exception>
    public void Hold(long samples)
    {
        _held += samples;
        _untold += samples;
        if (_untold > slack)
        {
            Run.Budget.Take(_untold);
            _untold = 0;
        }
    }

    /// <summary>Counts samples as no longer held.</summary>
    public void Release(long samples)
    {
        _held -= samples;
        _untold -= samples;
        if (_untold < -slack)
        {
            Run.Budget.Give(-_untold);
            _untold = 0;
        }
    }

    /// <summary>Counts the labels of a series that is kept to the end beside its samples, but not their letters, which most share with others.</summary>
    /// <exception cref="QueryException">All queries together hold too much.</exception>
    public void KeepLabels(Labels labels) => Keep(RowBytes + (2L * IntPtr.Size * labels.Count));

    /// <summary>Counts a group of series.</summary>
    /// <exception cref="QueryException">All queries together hold too much.</exception>
    public void KeepGroup(Labels labels)
    {
        Keep(GroupBytes);
        KeepLabels(labels);
    }

    /// <summary>Counts bytes that are kept to the end beside samples. Before they are taken: then a query that has no room left is refused and does not fail.</summary>
    /// <exception cref="QueryException">All queries together hold too much.</exception>
    public void Keep(long bytes)
    {
        _untoldBytes += bytes;
        if (_untoldBytes > BytesSlack)
        {
            Run.Budget.TakeRoom(_untoldBytes);
            _untoldBytes = 0;
        }
    }

    /// <summary>Counts a column of values that is kept: a series with one sample takes as much room as one with a sample at each step.</summary>
    /// <exception cref="QueryException">All queries together hold too much.</exception>
    public void KeepColumn(Steps steps) => Keep(BlockBytes + (sizeof(double) * (long)steps.Count));

    /// <summary>Counts a bit for each step that is kept.</summary>
    /// <exception cref="QueryException">All queries together hold too much.</exception>
    public void KeepBits(Steps steps) => Keep(EntryBytes + (sizeof(ulong) * (long)steps.Words));

    /// <summary>Counts a series as read.</summary>
    /// <exception cref="QueryException">They are more than the limit.</exception>
    public void ReadSeries()
    {
        SeriesRead++;
        if (++_untoldSeries > Run.Budget.SeriesSlackMax)
        {
            Run.Budget.TakeSeries(_untoldSeries);
            _untoldSeries = 0;
        }
    }

    /// <summary>Ends the context of a shard: only its answer is held any longer.</summary>
    /// <param name="samples">Of the answer.</param>
    public void HoldOnly(long samples) => Release(_held - samples);

    /// <summary>Takes in what a shard has counted and found.</summary>
    /// <exception cref="QueryException">What is right in each shard is not right in all together.</exception>
    public void Absorb(QueryContext shard)
    {
        Counts.Absorb(shard.Counts);
        SamplesRead += shard.SamplesRead;
        SeriesRead += shard.SeriesRead;
        _untoldSeries += shard._untoldSeries;
        shard._untoldSeries = 0;
        _held += shard._held;
        _untold += shard._untold;
        shard._held = 0;
        shard._untold = 0;
        _untoldBytes += shard._untoldBytes;
        shard._untoldBytes = 0;
        Annotations.Absorb(shard.Annotations);
        Joins.Absorb(shard.Joins);
        if (shard.Figures is { } figures)
        {
            Figures!.Absorb(figures);
        }
    }

    /// <summary>Fetches series that lie on other nodes, before they are read; null where all are here.</summary>
    public ValueTask<SeriesCursor?> FetchAsync(SelectRequest request) => Source is IFragmentRunner shards ? shards.FetchAsync(request, Canceled) : default;

    /// <summary>Called at least once a series: ends the run when it was cancelled or is out of time.</summary>
    public void ThrowIfOver()
    {
        if (Run.Canceled.IsCancellationRequested)
        {
            throw Run.Over();
        }
    }

    /// <summary>The same between the pieces of a column: a subquery has columns of many million steps.</summary>
    /// <returns>The steps of the piece that begins at one; none behind the last.</returns>
    public Range NextPiece(int from, int steps)
    {
        ThrowIfOver();
        return from..Math.Min(steps, from + PieceSteps);
    }

    /// <summary>Sorts, and ends with the run meanwhile: a million series take seconds.</summary>
    public void Sort<T>(List<T> list, Comparison<T> order)
    {
        int compared = 0;
        try
        {
            list.Sort((left, right) =>
            {
                if (++compared % ComparisonsBetweenLooks == 0)
                {
                    ThrowIfOver();
                }

                return order(left, right);
            });
        }
        catch (InvalidOperationException e) when (e.InnerException is QueryException)
        {
            // The library wraps whatever a comparison throws.
            throw Run.Over();
        }
    }
}
