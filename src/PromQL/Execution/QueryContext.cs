using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>What the operators of one run share: source, limits, cancellation, annotations, counts. Used by one thread at a time.</summary>
internal sealed class QueryContext(EngineSettings settings, ISeriesSource source, bool isRange, CancellationToken expired, CancellationToken canceled)
{
    private long _held;

    /// <summary>Settings of the engine.</summary>
    public EngineSettings Settings { get; } = settings;

    /// <summary>Where series come from.</summary>
    public ISeriesSource Source { get; } = source;

    /// <summary>Whether this is a range query.</summary>
    public bool IsRange { get; } = isRange;

    /// <summary>Warnings and infos.</summary>
    public Annotations Annotations { get; } = new();

    /// <summary>Ends when the caller gives up or the time is over.</summary>
    public CancellationToken Canceled { get; } = canceled;

    /// <summary>What an operation that makes another metric does with the name.</summary>
    public NameFate DropName { get; } =
        settings.Features.HasFlag(PromQLFeatures.DelayedNameRemoval) ? NameFate.DroppedAtEnd : NameFate.Dropped;

    /// <summary>Whether names are dropped at the end of the query.</summary>
    public bool DelaysNameRemoval => DropName == NameFate.DroppedAtEnd;

    /// <summary>Whether rate and kin read start timestamps.</summary>
    public bool UsesStartTimes { get; } = settings.Features.HasFlag(PromQLFeatures.StartTimestamps);

    /// <summary>Samples touched.</summary>
    public long SamplesTotal { get; set; }

    /// <summary>Most samples held at once.</summary>
    public long SamplesPeak { get; private set; }

    /// <summary>Series selected.</summary>
    public long SeriesRead { get; set; }

    /// <summary>The error of a query that holds too many samples.</summary>
    public static QueryException TooManySamples() => new(
        QueryErrorKind.Execution, "query processing would load too many samples into memory in query execution");

    /// <summary>The error of two results with the same labels at the same step.</summary>
    public static QueryException SameLabels() =>
        new(QueryErrorKind.Execution, "vector cannot contain metrics with the same labelset");

    /// <summary>Counts samples as held.</summary>
    /// <exception cref="QueryException">They are more than the limit.</exception>
    public void Hold(long samples)
    {
        _held += samples;
        SamplesPeak = Math.Max(SamplesPeak, _held);
        if (_held > Settings.SamplesMax)
        {
            throw TooManySamples();
        }
    }

    /// <summary>Counts samples as no longer held.</summary>
    public void Release(long samples) => _held -= samples;

    /// <summary>Called at least once a series: ends the run when it was cancelled or is out of time.</summary>
    public void ThrowIfOver()
    {
        if (Canceled.IsCancellationRequested)
        {
            throw Over();
        }
    }

    /// <summary>The error of a run that was cancelled or is out of time.</summary>
    public QueryException Over() => expired.IsCancellationRequested
        ? new QueryException(
            QueryErrorKind.Timeout,
            "query timed out in expression evaluation")
        : new QueryException(QueryErrorKind.Canceled, "query was canceled in expression evaluation");
}
