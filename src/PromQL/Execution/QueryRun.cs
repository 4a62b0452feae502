namespace Pleiad.PromQL;

/// <summary>What all parts of one run have in common, on whatever thread they work. Safe for many threads.</summary>
/// <param name="Settings">Of the engine.</param>
/// <param name="Origin">What its plan follows from.</param>
/// <param name="Budget">What it may hold and read.</param>
/// <param name="Measures">The clock that measures what each node of the plan costs; null for no measuring.</param>
/// <param name="Expired">Fires when the time is over.</param>
/// <param name="Canceled">Fires when the time is over or the caller gives up.</param>
internal sealed record QueryRun(
    EngineSettings Settings, QueryOrigin Origin, QueryBudget Budget, TimeProvider? Measures, CancellationToken Expired, CancellationToken Canceled)
{
    /// <summary>Whether the samples of each step are counted.</summary>
    public bool CountsSteps { get; init; }

    /// <summary>Told which parts are done; null for nobody.</summary>
    public QueryProgress? Progress { get; init; }

    /// <summary>The error of a run that was cancelled or is out of time.</summary>
    public QueryException Over() => Expired.IsCancellationRequested
        ? new QueryException(QueryErrorKind.Timeout, "query timed out in expression evaluation") { Limit = "timeout" }
        : new QueryException(QueryErrorKind.Canceled, "query was canceled in expression evaluation");
}
