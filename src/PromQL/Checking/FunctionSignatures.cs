using System.Collections.Frozen;

namespace Pleiad.PromQL;

/// <summary>The table of functions: every name the parser knows.</summary>
/// <remarks>Prometheus 3.14, documentation "Query functions".</remarks>
public static class FunctionSignatures
{
    private const ExprType S = ExprType.Scalar;
    private const ExprType V = ExprType.Vector;
    private const ExprType M = ExprType.Matrix;
    private const ExprType T = ExprType.String;

    private static readonly string[] VectorToVector =
    [
        "abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn", "acos", "acosh", "asin", "asinh", "atan", "atanh",
        "cos", "cosh", "sin", "sinh", "tan", "tanh", "deg", "rad", "timestamp", "absent", "sort", "sort_desc",
        "histogram_avg", "histogram_count", "histogram_sum", "histogram_stddev", "histogram_stdvar",
    ];

    private static readonly string[] Calendar =
        ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"];

    private static readonly string[] MatrixToVector =
    [
        "absent_over_time", "present_over_time", "rate", "increase", "irate", "delta", "idelta", "deriv", "resets", "changes",
        "avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "count_over_time", "stddev_over_time", "stdvar_over_time",
        "last_over_time", "first_over_time",
    ];

    private static readonly string[] MatrixToVectorExperimental =
        ["mad_over_time", "ts_of_min_over_time", "ts_of_max_over_time", "ts_of_first_over_time", "ts_of_last_over_time"];

    private static readonly FrozenDictionary<string, FunctionSignature> Table = All().ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>All functions, in no particular order.</summary>
    public static IEnumerable<FunctionSignature> Known => Table.Values;

    /// <summary>The function of a name (case matters), or null.</summary>
    public static FunctionSignature? Find(string name) => Table.GetValueOrDefault(name);

    private static IEnumerable<FunctionSignature> All()
    {
        IEnumerable<FunctionSignature> plain =
        [
            .. VectorToVector.Select(name => Make(name, V, [V])),
            .. Calendar.Select(name => Make(name, V, [V], optional: 1)),
            .. MatrixToVector.Select(name => Make(name, V, [M])),
            Make("round", V, [V, S], optional: 1),
            Make("clamp", V, [V, S, S]),
            Make("clamp_min", V, [V, S]),
            Make("clamp_max", V, [V, S]),
            Make("time", S, []),
            Make("pi", S, []),
            Make("scalar", S, [V]),
            Make("vector", V, [S]),
            Make("predict_linear", V, [M, S]),
            Make("quantile_over_time", V, [S, M]),
            Make("histogram_quantile", V, [S, V]),
            Make("histogram_fraction", V, [S, S, V]),
            Make("label_replace", V, [V, T, T, T, T]),
            Make("label_join", V, [V, T, T, T], optional: 1, variadic: true),
        ];
        IEnumerable<FunctionSignature> experimental =
        [
            .. MatrixToVectorExperimental.Select(name => Make(name, V, [M])),
            Make("start", S, []),
            Make("end", S, []),
            Make("range", S, []),
            Make("step", S, []),
            Make("min_of", S, [S, S]),
            Make("max_of", S, [S, S]),
            Make("start_timestamp", V, [V]),
            Make("double_exponential_smoothing", V, [M, S, S]),

            // One quantile at least, ten at most.
            Make("histogram_quantiles", V, [V, T, S, S, S, S, S, S, S, S, S, S], optional: 9),
            Make("sort_by_label", V, [V, T], optional: 1, variadic: true),
            Make("sort_by_label_desc", V, [V, T], optional: 1, variadic: true),
            Make("info", V, [V, V], optional: 1),
        ];
        return plain.Concat(experimental.Select(f => f with { Experimental = true }));
    }

    private static FunctionSignature Make(
        string name, ExprType result, ExprType[] parameters, int optional = 0, bool variadic = false) =>
        new(name, parameters, optional, variadic, result, false);
}
