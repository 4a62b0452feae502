using Pleiad.PromQL;

namespace Pleiad.Bench;

/// <summary>A query for each operator of PromQL, over <see cref="OperatorData"/>.</summary>
internal static class OperatorCases
{
    private const string Gauge = "load";
    private const string Counter = "requests_total";

    private static readonly string[] OfHistograms =
        ["histogram_avg", "histogram_count", "histogram_sum", "histogram_stddev", "histogram_stdvar"];

    public static string[] Selectors { get; } =
    [
        Gauge, $"{Gauge}{{instance=~\"host-.*1:9100\"}}", "{__name__=~\"lo.*|req.*\"}", $"{Gauge} offset 5m", $"{Gauge} @ end()", "latency", "time()",
    ];

    /// <summary>Every function of a range alone, and those with further arguments.</summary>
    public static string[] RangeFunctions { get; } =
    [
        .. FunctionSignatures.Known.Where(f => f.Parameters is [ExprType.Matrix])
            .Select(f => $"{f.Name}({(f.Name is "rate" or "increase" or "irate" or "resets" ? Counter : Gauge)}[5m])").Order(StringComparer.Ordinal),
        $"rate({Counter}[30m])", $"avg_over_time({Gauge}[30m])", $"max_over_time({Gauge}[30m])", $"rate({Counter}[5m] anchored)", $"rate({Counter}[5m] smoothed)",
        $"rate(latency[5m])", $"sum_over_time(latency[5m])",
        $"quantile_over_time(0.9, {Gauge}[5m])", $"predict_linear({Gauge}[5m], 3600)", $"double_exponential_smoothing({Gauge}[5m], 0.5, 0.5)",
    ];

    public static string[] VectorFunctions { get; } =
    [
        .. FunctionSignatures.Known
            .Where(f => f.Parameters is [ExprType.Vector] && !OfHistograms.Contains(f.Name)).Select(f => $"{f.Name}({Gauge})").Order(StringComparer.Ordinal),
        $"round({Gauge}, 0.5)", $"clamp({Gauge}, 1, 2)", $"clamp_min({Gauge}, 1)", $"clamp_max({Gauge}, 1)", "vector(scalar(up_everywhere))", "vector(pi() + time())",
        "vector(start() + end() + range() + step())", "vector(min_of(time(), 1) + max_of(time(), 1))",
    ];

    public static string[] LabelFunctions { get; } =
    [
        $"label_replace({Gauge}, \"host\", \"$1\", \"instance\", \"(host-[0-9]+):.*\")", $"label_join({Gauge}, \"both\", \"-\", \"instance\", \"core\")",
        $"sort_by_label({Gauge}, \"instance\")", $"sort_by_label_desc({Gauge}, \"instance\")", $"info({Gauge})",
    ];

    public static string[] HistogramFunctions { get; } =
    [
        "histogram_quantile(0.9, sum by (le, job) (rate(seconds_bucket[5m])))", "histogram_quantile(0.9, rate(seconds_bucket[5m]))",
        "histogram_fraction(0, 0.1, rate(seconds_bucket[5m]))",
        "histogram_quantile(0.9, sum(rate(latency[5m])))", "histogram_quantile(0.9, rate(latency[5m]))", "histogram_fraction(0, 0.1, rate(latency[5m]))",
        "histogram_quantiles(rate(latency[5m]), \"q\", 0.5, 0.9, 0.99)", "latency </ 0.1", "latency + latency",
        .. OfHistograms.Select(name => $"{name}(latency)"),
    ];

    public static string[] Aggregations { get; } =
    [
        .. ((string[])["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"]).Select(op => $"{op} by (job) ({Gauge})"),
        $"sum without (core) ({Gauge})", $"sum by (instance) (rate({Counter}[5m]))", "sum(latency)",
        $"topk by (job) (5, {Gauge})", $"bottomk(5, {Gauge})", $"quantile by (job) (0.9, {Gauge})", $"count_values by (job) (\"value\", round({Gauge}))",
        $"limitk(10, {Gauge})", $"limit_ratio(0.1, {Gauge})",
    ];

    public static string[] BinaryOperators { get; } =
    [
        .. ((string[])["+", "-", "*", "/", "%", "^", "atan2"]).Select(op => $"{Gauge} {op} 3"),
        .. ((string[])["==", "!=", ">", "<", ">=", "<="]).Select(op => $"{Gauge} {op} 3"), $"{Gauge} > bool 3", $"-{Gauge}",
        $"{Gauge} + {Counter}", $"{Gauge} > {Counter}", $"{Gauge} / on (instance, core) {Counter}", $"{Gauge} * on (instance) group_left (release) build_info",
        $"{Gauge} + fill (0) {Counter}", $"{Gauge} and {Counter}", $"{Gauge} or {Counter}", $"{Gauge} unless on (instance) ({Counter} > 1e9)",
    ];

    public static string[] Subqueries { get; } =
    [
        $"max_over_time({Gauge}[10m:1m])", $"max_over_time(rate({Counter}[5m])[10m:1m])", $"avg_over_time(sum by (job) (rate({Counter}[5m]))[30m:1m])",
        $"{Gauge}[5m:1m] @ end() offset 1m".Insert(0, "last_over_time(") + ")",
    ];

    /// <summary>Asks that no function of the language is missing here.</summary>
    /// <exception cref="InvalidOperationException">One is.</exception>
    public static void RequireAll()
    {
        string all = string.Join(
            '\n',
            [.. Selectors, .. RangeFunctions, .. VectorFunctions, .. LabelFunctions, .. HistogramFunctions, .. Aggregations, .. BinaryOperators, .. Subqueries]);
        string[] missing =
        [
            .. FunctionSignatures.Known.Select(f => f.Name).Where(name => !all.Contains(name + "(", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];
        if (missing.Length > 0)
        {
            throw new InvalidOperationException("without a benchmark: " + string.Join(", ", missing));
        }
    }
}
