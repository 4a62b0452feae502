using System.Globalization;

namespace Pleiad.PromQL.Tests;

/// <summary>
/// Random queries in the language of Prometheus 2.42. What it computes with other roundings only stands where a difference in the last
/// digits stays one: not under comparisons of computed values, roundings, ranks among equals, or counts of values. Left out are further
/// rates of gauges, whose extension meets zero, where 2.42 puts two limits in the other order; and <c>@</c> inside
/// functions with another argument that moves, where 2.42 lets the fixed window slide along with the steps of a range query; and filters between vectors by
/// some labels, where 2.42 counts two partners as an error only if both pass.
/// </summary>
internal sealed class OldLanguage(Random random)
{
    private static readonly string[] Names = ["instance", "job", "mode", "le", "__name__"];

    public string Query() => random.Next(15) == 0 ? Scalar(2) : Vector(random.Next(1, 4));

    private T One<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    private string Vector(int depth)
    {
        if (depth <= 0)
        {
            return Selector();
        }

        return random.Next(20) switch
        {
            < 2 => Selector(),
            < 6 => Aggregate(depth),
            < 10 => OfRange(depth),
            < 13 => Join(depth),
            < 15 => WithNumber(depth),
            15 => $"histogram_quantile({Scalar(0)}, {One("h_bucket", "rate(h_bucket[5m])", "sum by (le, job) (rate(h_bucket[10m]))", "sum by (le) (h_bucket)")})",
            16 => Labels(depth),
            _ => Function(depth),
        };
    }

    private string Scalar(int depth) => random.Next(6) switch
    {
        0 when depth > 0 => $"scalar({Vector(depth - 1)})",
        1 => "time()",
        2 when depth > 0 => $"({Scalar(depth - 1)} {One("+", "*", "/")} {Scalar(depth - 1)})",
        _ => One("0", "1", "2", "0.5", "0.9", "-3", "100.25"),
    };

    private string Selector(string range = "")
    {
        string name = One("a", "a", "b", "c_total", "c_total", "h_bucket");
        string matchers = random.Next(3) != 0 ? string.Empty : One(
            "instance=\"i1\"", "instance=~\"i1|i3\"", "instance!=\"\"", "instance=\"\"", "job=\"j1\"", "mode!=\"u\"",
            "job=~\"j.*\",instance!~\"i[0-3]\"", "instance=\"nowhere\"");
        return (matchers.Length > 0 ? $"{name}{{{matchers}}}" : name) + range + Shift();
    }

    private string Shift() => random.Next(10) switch
    {
        0 => " offset 3m",
        1 => $" @ {(DifferentialData.StartMs / 1000) + 920}",
        2 => One(" @ end()", " @ start()", " offset -2m"),
        _ => string.Empty,
    };

    private string Range(int depth) => depth > 1 && random.Next(4) == 0
        ? $"({Vector(depth - 1)})[{One("6m", "10m")}:{One("1m", "2m", string.Empty)}]{Shift()}"
        : Selector(One("[2m]", "[5m]", "[12m]"));

    private string OfRange(int depth)
    {
        string any = One(
            "avg_over_time", "max_over_time", "min_over_time", "last_over_time", "count_over_time", "present_over_time", "sum_over_time",
            "stddev_over_time", "stdvar_over_time", "absent_over_time");
        string counter = One("rate", "rate", "increase", "irate", "resets");
        string raw = One("delta", "idelta", "deriv", "resets", "changes", "irate");
        return random.Next(10) switch
        {
            0 => $"quantile_over_time({One("0.5", "0.9", "-3", "2")}, {Range(depth)})",
            1 => $"predict_linear({One("a", "b", "c_total")}[12m], {One("60", "3600")})",
            < 4 => $"{any}({Range(depth)})",
            4 => $"{counter}(r_total{One("[5m]", "[12m]")}{Shift()})",
            < 7 => $"{counter}({One("c_total", "c_total", "h_bucket", "c_total{mode=\"u\"}", "c_total{instance=~\"i.\"}")}{One("[3m]", "[5m]", "[12m]")}{Shift()})",
            _ => $"{raw}({Selector(One("[3m]", "[5m]", "[12m]"))})",
        };
    }

    private string Aggregate(int depth)
    {
        string grouping = random.Next(5) == 0 ? string.Empty : $" {One("by", "by", "without")} ({Some()})";
        return random.Next(12) switch
        {
            < 2 => $"{One("topk", "bottomk")}{grouping} ({random.Next(1, 5).ToString(CultureInfo.InvariantCulture)}, {One("a", "b", "c_total")}{Shift()})",
            2 => $"count_values{grouping} (\"{One("value", "mode")}\", {Selector()})",
            3 => $"quantile{grouping} ({One("0.5", "0.9", "0", "1.5")}, {Vector(depth - 1)})",
            < 6 => $"{One("stddev", "stdvar")}{grouping} ({Selector()})",
            _ => $"{One("sum", "sum", "avg", "min", "max", "count", "group")}{grouping} ({Vector(depth - 1)})",
        };
    }

    private string Some() => string.Join(", ", Names.Where(_ => random.Next(3) == 0));

    private string Join(int depth)
    {
        bool isSet = random.Next(3) == 0;
        string op = isSet ? One("and", "or", "unless") : One("*", "*", "/", "+", ">", "<=", "==", "!=");
        bool compares = op is ">" or "<=" or "==" or "!=";
        string matching = One(
            string.Empty, " on (instance)", " on (instance, job)", " on (job)", " ignoring (mode)", " ignoring (le)", " on ()",
            " on (instance, mode)");
        string group = isSet || matching.Length == 0 || random.Next(3) != 0 ? string.Empty
            : One(" group_left ()", " group_right ()", matching.Contains("job", StringComparison.Ordinal) ? " group_left (le)" : " group_left (job)");
        string modifier = compares && (matching.Length > 0 || random.Next(2) == 0) ? " bool" : string.Empty;
        string left = compares ? Selector() : Vector(depth - 1);
        string right = compares ? Selector() : Vector(depth - 1);
        return $"({left}) {op}{modifier}{matching}{group} ({right})";
    }

    private string WithNumber(int depth)
    {
        string op = One("*", "/", "+", "-", ">", "<", ">= bool", "^");
        bool compares = op[0] is '>' or '<';
        string vector = $"({(compares ? Selector() : Vector(depth - 1))})";
        string number = op == "^" ? "2" : compares ? One("10.5", "1500.5", "0") : Scalar(1);
        return random.Next(2) == 0 || op == "^" ? $"{vector} {op} {number}" : $"{number} {op} {vector}";
    }

    private string Labels(int depth)
    {
        string label = One("host", "host", "instance", "mode", "le");
        return random.Next(3) == 0
            ? $"label_join({Vector(depth - 1)}, \"{label}\", \"-\", \"job\", \"mode\")"
            : $"label_replace({Vector(depth - 1)}, \"{label}\", \"{One("$1", "x", "$1-$1")}\", \"{One("instance", "job", "mode")}\", \"(.*)\")";
    }

    private string Function(int depth) => random.Next(10) switch
    {
        0 => $"{One("ceil", "floor", "round", "sgn")}({Selector()})",
        1 => $"clamp({Vector(depth - 1)}, {One("0", "2")}, {One("1", "1000")})",
        2 => $"{One("exp", "ln", "log2", "log10", "sqrt", "sin", "atan", "deg")}({Selector()})",
        3 => $"absent({Vector(depth - 1)})",
        4 => $"vector({Scalar(depth - 1)})",
        5 => $"timestamp({Selector()})",
        6 => $"-({Vector(depth - 1)})",
        7 => $"{One("minute", "hour", "day_of_week", "month")}({Selector()})",
        _ => $"abs({Vector(depth - 1)})",
    };
}
