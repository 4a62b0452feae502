namespace Pleiad.PromQL;

/// <summary>What a run of a query is asked for: the outermost steps, and the settings that shape its plan.</summary>
/// <param name="Steps">The outermost steps.</param>
/// <param name="LookbackMs">Lookback of instant selectors.</param>
/// <param name="SubqueryStepMs">Step of a subquery that names none.</param>
/// <param name="InnerStepsMax">Steps a subquery may have.</param>
internal sealed record QuerySpan(Steps Steps, long LookbackMs, long SubqueryStepMs, long InnerStepsMax)
{
    /// <summary>The end that was asked for, in milliseconds: the last step is at or before it.</summary>
    public long EndMs { get; init; } = Steps.End;
}
