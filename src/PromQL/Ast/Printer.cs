using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>The canonical one-line text of an expression: parsing it gives the same expression again.</summary>
/// <remarks>The form is Prometheus's: matchers sorted, one space around operators, <c>@</c> before <c>offset</c>.</remarks>
public static class Printer
{
    /// <summary>The text of an expression.</summary>
    public static string Print(Expr node) => Append(new StringBuilder(), node).ToString();

    /// <summary>The text of a duration as it stands behind <c>offset</c> or inside brackets.</summary>
    public static string Print(DurationExpr duration) =>
        duration is DurationLiteral literal ? PrometheusDuration.Format(literal.Milliseconds) : Operand(duration);

    /// <summary><c>name{matchers}</c> without modifiers.</summary>
    internal static string Selected(VectorSelector vector)
    {
        IEnumerable<string> matchers = vector.Matchers
            .Where(m => !IsName(m, vector.Name))
            .Select(Text)
            .Order(StringComparer.Ordinal);
        string inside = string.Join(',', matchers);
        return inside.Length > 0 || vector.Name.Length == 0 ? $"{vector.Name}{{{inside}}}" : vector.Name;
    }

    /// <summary>The operator with <c>bool</c> and matching, without spaces around.</summary>
    internal static string OperatorText(BinaryExpr binary)
    {
        var text = new StringBuilder(Operators.TextOf(binary.Op));
        text.Append(binary.ReturnBool ? " bool" : string.Empty);
        if (binary.Matching is not { } matching)
        {
            return text.ToString();
        }

        bool grouped = matching.Cardinality is MatchCardinality.ManyToOne or MatchCardinality.OneToMany;
        if (matching.On || matching.Labels.Count > 0 || grouped)
        {
            text.Append(matching.On ? " on (" : " ignoring (").Append(LabelList(matching.Labels)).Append(')');
        }

        if (grouped)
        {
            string side = matching.Cardinality == MatchCardinality.ManyToOne ? "left" : "right";
            text.Append(CultureInfo.InvariantCulture, $" group_{side} ({LabelList(matching.Include)})");
        }

        return text.Append(Fills(matching)).ToString();
    }

    /// <summary>The aggregator with its grouping: what stands before the parenthesis.</summary>
    internal static string Head(AggregateExpr aggregate)
    {
        string name = Operators.NameOf(aggregate.Op);
        return aggregate.Without ? $"{name} without ({LabelList(aggregate.Grouping)}) "
            : aggregate.Grouping.Count > 0 ? $"{name} by ({LabelList(aggregate.Grouping)}) "
            : name;
    }

    /// <summary>Range, step, <c>@</c> and <c>offset</c> of a subquery.</summary>
    internal static string Suffix(SubqueryExpr subquery)
    {
        string step = subquery.Step is null ? string.Empty : Print(subquery.Step);
        return $"[{Print(subquery.Range)}:{step}]{At(subquery.At)}{Offset(subquery.Offset)}";
    }

    private static StringBuilder Append(StringBuilder text, Expr node)
    {
        switch (node)
        {
            case NumberLiteral number:
                return text.Append(Number(number));
            case StringLiteral literal:
                return text.Append(GoQuote.Text(literal.Value));
            case ParenExpr paren:
                return Append(text.Append('('), paren.Inner).Append(')');
            case UnaryExpr unary:
                return Append(text.Append(unary.Negative ? '-' : '+'), unary.Operand);
            case BinaryExpr binary:
                Append(text, binary.Left).Append(' ').Append(OperatorText(binary)).Append(' ');
                return Append(text, binary.Right);
            case AggregateExpr aggregate:
                text.Append(Head(aggregate)).Append('(');
                if (aggregate.Parameter is not null)
                {
                    Append(text, aggregate.Parameter).Append(", ");
                }

                return Append(text, aggregate.Inner).Append(')');
            case CallExpr call:
                return Call(text, call);
            case VectorSelector vector:
                return text.Append(Selected(vector)).Append(At(vector.At)).Append(Window(vector)).Append(Offset(vector.Offset));
            case MatrixSelector matrix:
                return text.Append(Selected(matrix.Vector)).Append('[').Append(Print(matrix.Range)).Append(']')
                    .Append(Window(matrix.Vector)).Append(At(matrix.Vector.At)).Append(Offset(matrix.Vector.Offset));
            case SubqueryExpr subquery:
                return Append(text, subquery.Inner).Append(Suffix(subquery));
            default:
                throw new ArgumentOutOfRangeException(nameof(node), node, "unknown node");
        }
    }

    private static StringBuilder Call(StringBuilder text, CallExpr call)
    {
        text.Append(call.Function.Name).Append('(');
        for (int i = 0; i < call.Args.Count; i++)
        {
            Append(text.Append(i > 0 ? ", " : string.Empty), call.Args[i]);
        }

        return text.Append(')');
    }

    private static string Number(NumberLiteral number) => number.IsDuration
        ? PrometheusDuration.Format((long)Math.Round(number.Value * 1000))
        : GoFloat.Plain(number.Value);

    // The name in front says what this matcher says.
    private static bool IsName(Matcher matcher, string name) =>
        name.Length > 0 && matcher.Kind == MatchKind.Equal && matcher.Name == LabelName.MetricName && matcher.Value == name;

    private static string Text(Matcher matcher) => Label(matcher.Name) + Matcher.TextOf(matcher.Kind) + GoQuote.Text(matcher.Value);

    private static string Label(string name) => LabelName.IsLegacy(name) ? name : GoQuote.Text(name);

    private static string LabelList(IEnumerable<string> names) => string.Join(", ", names.Select(Label));

    private static string Window(VectorSelector vector) => vector.Window switch
    {
        WindowMode.Anchored => " anchored",
        WindowMode.Smoothed => " smoothed",
        _ => string.Empty,
    };

    private static string At(AtModifier? at) => at switch
    {
        null => string.Empty,
        { Kind: AtKind.Start } => " @ start()",
        { Kind: AtKind.End } => " @ end()",
        { } fixedAt => string.Create(CultureInfo.InvariantCulture, $" @ {(decimal)fixedAt.Time.Milliseconds / 1000:F3}"),
    };

    private static string Offset(DurationExpr? offset) => offset is null ? string.Empty : $" offset {Print(offset)}";

    private static string Fills(VectorMatching matching)
    {
        if (matching.FillLeft is { } both && matching.FillRight is { } right && both == right)
        {
            return $" fill ({FloatText.General(both)})";
        }

        string left = matching.FillLeft is { } l ? $" fill_left ({FloatText.General(l)})" : string.Empty;
        return matching.FillRight is { } r ? $"{left} fill_right ({FloatText.General(r)})" : left;
    }

    private static string Operand(DurationExpr duration) => duration switch
    {
        DurationLiteral { AsNumber: true } literal => GoFloat.Plain(literal.Seconds),
        DurationLiteral literal => PrometheusDuration.Format(literal.Milliseconds),
        DurationStep => "step()",
        DurationRange => "range()",
        DurationUnary unary => (unary.Negative ? "-" : "+") + Operand(unary.Operand),
        DurationParen paren => $"({Operand(paren.Inner)})",
        DurationBinary { Op: DurationOp.MinOf } min => $"min_of({Operand(min.Left)}, {Operand(min.Right)})",
        DurationBinary { Op: DurationOp.MaxOf } max => $"max_of({Operand(max.Left)}, {Operand(max.Right)})",
        DurationBinary binary => $"{Operand(binary.Left)} {OperatorText(binary.Op)} {Operand(binary.Right)}",
        _ => throw new ArgumentOutOfRangeException(nameof(duration), duration, "unknown node"),
    };

    private static string OperatorText(DurationOp op) => op switch
    {
        DurationOp.Add => "+",
        DurationOp.Subtract => "-",
        DurationOp.Multiply => "*",
        DurationOp.Divide => "/",
        DurationOp.Modulo => "%",
        _ => "^",
    };
}
