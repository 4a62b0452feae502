namespace Pleiad.PromQL;

/// <summary>When a query is asked to be evaluated.</summary>
/// <param name="Steps">The instants.</param>
/// <param name="IsRange">Whether a range was asked for, be it of one step.</param>
/// <param name="EndMs">The end that was asked for, in milliseconds; the last step is at or before it.</param>
internal readonly record struct QueryTimes(Steps Steps, bool IsRange, long EndMs)
{
    /// <summary>A single instant.</summary>
    public static QueryTimes At(long instant) => new(Steps.Once(instant), IsRange: false, instant);
}
