namespace Pleiad.Model;

/// <summary>One bucket with its bounds.</summary>
/// <param name="Lower">Lower bound; -Inf for the first custom bucket.</param>
/// <param name="Upper">Upper bound; +Inf for the last custom bucket and the overflow bucket.</param>
/// <param name="LowerInclusive">Whether the lower bound belongs to the bucket.</param>
/// <param name="UpperInclusive">Whether the upper bound belongs to the bucket.</param>
/// <param name="Count">Observations.</param>
public readonly record struct HistogramBucket(double Lower, double Upper, bool LowerInclusive, bool UpperInclusive, double Count)
{
    /// <summary>The boundary rule of the JSON form: 0 open left, 1 open right, 2 open both, 3 closed both.</summary>
    public int BoundaryRule => (LowerInclusive, UpperInclusive) switch
    {
        (false, true) => 0,
        (true, false) => 1,
        (false, false) => 2,
        (true, true) => 3,
    };

    /// <summary>The form <c>(1,2]:3</c>.</summary>
    public override string ToString() =>
        $"{(LowerInclusive ? '[' : '(')}{ExponentFloat.Of(Lower)},{ExponentFloat.Of(Upper)}{(UpperInclusive ? ']' : ')')}:{ExponentFloat.Of(Count)}";
}
