namespace Pleiad.PromQL;

/// <summary>The functions of range vectors by name.</summary>
internal static class RangeFunctions
{
    /// <summary>A new instance for one operator, or null for a name this version does not evaluate.</summary>
    public static RangeFunction? Find(string name) => name switch
    {
        "rate" => new ExtrapolatedRate(isCounter: true, perSecond: true),
        "increase" => new ExtrapolatedRate(isCounter: true, perSecond: false),
        "delta" => new ExtrapolatedRate(isCounter: false, perSecond: false),
        "irate" => new InstantRate(isCounter: true),
        "idelta" => new InstantRate(isCounter: false),
        "resets" => new PairsOverTime(resets: true),
        "changes" => new PairsOverTime(resets: false),
        "deriv" => new Slope(),
        "predict_linear" => new Prediction(),
        "double_exponential_smoothing" => new DoubleExponentialSmoothing(),
        "sum_over_time" => new SumOverTime(averages: false),
        "avg_over_time" => new SumOverTime(averages: true),
        "min_over_time" => new ExtremeOverTime(max: false),
        "max_over_time" => new ExtremeOverTime(max: true),
        "count_over_time" => new CountOverTime(presence: false),
        "present_over_time" => new CountOverTime(presence: true),
        "first_over_time" => new EndOverTime(last: false, time: false),
        "last_over_time" => new EndOverTime(last: true, time: false),
        "ts_of_first_over_time" => new EndOverTime(last: false, time: true),
        "ts_of_last_over_time" => new EndOverTime(last: true, time: true),
        "ts_of_min_over_time" => new TimeOfExtreme(max: false),
        "ts_of_max_over_time" => new TimeOfExtreme(max: true),
        "stddev_over_time" => new SpreadOverTime(root: true),
        "stdvar_over_time" => new SpreadOverTime(root: false),
        "quantile_over_time" => new QuantileOverTime(),
        "mad_over_time" => new MedianDeviationOverTime(),
        _ => null,
    };
}
