using System.Globalization;

namespace Pleiad.PromQL.Tests;

/// <summary>
/// Random queries that find something in <see cref="ShardedData"/>. What rounds differently in another order of summands (sums and means
/// of fractions) only stands where a rounding error stays one: not under comparisons, roundings, differences or counts of values.
/// </summary>
internal sealed class QueryGenerator(Random random, bool dataIsExact)
{
    private static readonly string[] Names = ["instance", "job", "mode", "le", "version", "__name__"];

    /// <summary>Whether something in the query adds up floats of several series.</summary>
    public bool AddsUp { get; private set; }

    public string Query() => random.Next(12) == 0 ? Scalar(2, exact: false) : Vector(random.Next(1, 5), exact: false);

    private T One<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    private string Vector(int depth, bool exact)
    {
        if (depth <= 0)
        {
            return Selector();
        }

        return random.Next(20) switch
        {
            < 2 => Selector(),
            < 7 => Aggregate(depth, exact),
            < 10 => OfRange(depth, exact),
            < 14 => Join(depth, exact),
            14 or 15 => WithNumber(depth, exact),
            16 => Histogram(depth, exact),
            17 => Labels(depth, exact),
            _ => Function(depth, exact),
        };
    }

    private string Scalar(int depth, bool exact) => random.Next(6) switch
    {
        0 when depth > 0 => $"scalar({Vector(depth - 1, exact)})",
        1 => "time()",
        2 when depth > 0 => $"({Scalar(depth - 1, exact)} {One("+", "*", "/")} {Scalar(depth - 1, exact)})",
        _ => One("0", "1", "2", "0.5", "5", "-3", "100"),
    };

    private string Selector()
    {
        string name = One("a", "a", "b", "c_total", "h_bucket", "nh", "target_info", "{__name__=~\"a|b\"}");
        string matchers = random.Next(3) != 0 ? string.Empty : One(
            "instance=\"i1\"", "instance=~\"i1|i3\"", "instance!=\"\"", "instance=~\".+\"", "instance=\"\"", "job=\"j1\"", "job=\"loose\"",
            "mode!=\"u\"", "job=~\"j.*\",instance=~\"i[0-3]\"", "instance=\"nowhere\"");
        string selector = name[0] == '{' ? name[..^1] + (matchers.Length > 0 ? "," + matchers : string.Empty) + "}"
            : matchers.Length > 0 ? $"{name}{{{matchers}}}" : name;
        return selector + Shift();
    }

    private string Shift() => random.Next(12) switch
    {
        0 => " offset 3m",
        1 => " @ 900",
        2 => " @ end()",
        _ => string.Empty,
    };

    private string Range(int depth, bool exact)
    {
        if (depth > 1 && random.Next(3) == 0)
        {
            return $"({Vector(depth - 1, exact)})[{One("6m", "10m")}:{One("1m", "2m", "")}]{Shift()}";
        }

        string selector = Selector();
        int shift = selector.IndexOf(" offset", StringComparison.Ordinal) is >= 0 and var o ? o : selector.IndexOf(" @", StringComparison.Ordinal);
        string range = One("[2m]", "[5m]", "[12m]");
        return shift >= 0 ? selector.Insert(shift, range) : selector + range;
    }

    private string OfRange(int depth, bool exact)
    {
        string smooth = One("avg_over_time", "max_over_time", "min_over_time", "last_over_time", "first_over_time", "count_over_time", "present_over_time");
        string jumpy = One(
            "rate", "rate", "increase", "irate", "delta", "idelta", "deriv", "resets", "changes", "stddev_over_time", "sum_over_time",
            "absent_over_time", "mad_over_time", "ts_of_max_over_time");
        return random.Next(12) switch
        {
            0 => $"quantile_over_time({Scalar(1, exact: true)}, {Range(depth, exact: true)})",
            1 => $"predict_linear({Range(depth, exact: true)}, {Scalar(1, exact: true)})",
            < 5 => $"{smooth}({Range(depth, exact)})",
            _ => $"{jumpy}({Range(depth, exact: true)})",
        };
    }

    private string Aggregate(int depth, bool exact)
    {
        string grouping = random.Next(5) == 0 ? string.Empty : $" {One("by", "by", "without")} ({Some()})";
        switch (random.Next(16))
        {
            case < 6 when !exact:
                AddsUp = true;
                return $"{One("sum", "sum", "avg", "stddev", "stdvar")}{grouping} ({Vector(depth - 1, exact: true)})";
            case < 6 when dataIsExact:
                return $"sum{grouping} ({Selector()})";
            case 6 or 7:
                return $"{One("topk", "bottomk")}{grouping} ({Count()}, {Vector(depth - 1, exact: true)})";
            case 8:
                return $"limitk{grouping} ({Count()}, {Vector(depth - 1, exact)})";
            case 9:
                return $"limit_ratio{grouping} ({One("0.5", "-0.3", "1")}, {Vector(depth - 1, exact)})";
            case 10:
                return $"count_values{grouping} (\"{One("value", "value", "mode", "instance", "__name__")}\", {Vector(depth - 1, exact: true)})";
            case 11:
                return $"quantile{grouping} ({One("0.5", "0.9", "0", "scalar(b{instance=\"i1\"})")}, {Vector(depth - 1, exact)})";
            default:
                return $"{One("min", "max", "count", "count", "group")}{grouping} ({Vector(depth - 1, exact)})";
        }
    }

    private string Count() => random.Next(6) == 0 ? Scalar(1, exact: true) : random.Next(5).ToString(CultureInfo.InvariantCulture);

    private string Some() => string.Join(", ", Names.Where(_ => random.Next(3) == 0));

    private string Join(int depth, bool exact)
    {
        bool isSet = random.Next(3) == 0;
        string op = isSet ? One("and", "or", "unless") : One("*", "*", "/", "+", "-", ">", "<=", "==", "!=", "%", "^");
        bool needsExact = op is not ("*" or "/" or "and" or "or" or "unless");
        string modifier = op is ">" or "<=" or "==" or "!=" && random.Next(2) == 0 ? " bool" : string.Empty;
        string matching = One(
            string.Empty, " on (instance)", " on (instance, job)", " on (job)", " ignoring (mode)", " ignoring (le)", " ignoring (mode, le)", " on ()",
            " on (instance, mode)", " ignoring (instance)");
        string group = isSet || matching.Length == 0 || random.Next(3) != 0 ? string.Empty
            : One(" group_left ()", " group_right ()", " group_left (version)", matching.Contains("(instance, mode)", StringComparison.Ordinal) ? " group_left (job)" : " group_left (mode)");
        string fill = isSet || random.Next(10) != 0 ? string.Empty : One(" fill (0)", " fill_left (1)", " fill_right (2)");
        return $"({Vector(depth - 1, exact || needsExact)}) {op}{modifier}{matching}{group}{fill} ({Vector(depth - 1, exact || needsExact)})";
    }

    private string WithNumber(int depth, bool exact)
    {
        string op = One("*", "/", "+", "-", ">", "<", "==", "%", ">= bool");
        bool needsExact = op is not ("*" or "/");
        string vector = $"({Vector(depth - 1, exact || needsExact)})";
        string number = Scalar(1, exact || needsExact);
        return random.Next(2) == 0 ? $"{vector} {op} {number}" : $"{number} {op} {vector}";
    }

    private string Histogram(int depth, bool exact)
    {
        string buckets = random.Next(4) switch
        {
            0 => "h_bucket",
            1 => "nh",
            2 => "rate(h_bucket[5m])",
            _ when dataIsExact => $"sum by (le, {One("instance", "job", "instance, job")}) (h_bucket)",
            _ => Vector(depth - 1, exact: true),
        };
        return random.Next(6) switch
        {
            0 => $"histogram_fraction(0, 5, {buckets})",
            1 => $"{One("histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev")}(nh)",
            2 => $"histogram_quantiles({buckets}, \"{One("q", "instance", "le")}\", 0.1, 0.9)",
            _ => $"histogram_quantile({Scalar(1, exact: true)}, {buckets})",
        };
    }

    private string Labels(int depth, bool exact)
    {
        string label = One("host", "host", "instance", "mode", "le", "__name__");
        string value = One("$1", "x", "$1");
        return random.Next(3) == 0
            ? $"label_join({Vector(depth - 1, exact)}, \"{label}\", \"-\", \"job\", \"mode\")"
            : $"label_replace({Vector(depth - 1, exact)}, \"{label}\", \"{value}\", \"{One("instance", "job", "mode")}\", \"(.*)\")";
    }

    private string Function(int depth, bool exact) => random.Next(12) switch
    {
        0 => $"{One("ceil", "floor", "round", "sgn", "exp", "ln", "sin")}({Vector(depth - 1, exact: true)})",
        1 => $"clamp({Vector(depth - 1, exact: true)}, {Scalar(1, exact: true)}, {Scalar(1, exact: true)})",
        2 => $"{One("sort", "sort_desc")}({Vector(depth - 1, exact: true)})",
        3 => $"{One("sort_by_label", "sort_by_label_desc")}({Vector(depth - 1, exact)}, \"job\")",
        4 => $"absent({Vector(depth - 1, exact)})",
        5 => $"vector({Scalar(depth - 1, exact)})",
        6 => $"info({Vector(depth - 1, exact)})",
        7 => $"timestamp({Vector(depth - 1, exact)})",
        8 => $"-({Vector(depth - 1, exact)})",
        9 => $"{One("minute", "hour")}({Vector(depth - 1, exact: true)})",
        _ => $"abs({Vector(depth - 1, exact)})",
    };
}
