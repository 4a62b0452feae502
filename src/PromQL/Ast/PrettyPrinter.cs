using System.Text;

namespace Pleiad.PromQL;

/// <summary>An expression over several lines: whatever is longer than a line is split and indented by two spaces a level.</summary>
/// <remarks>The layout of Prometheus's <c>/api/v1/format_query</c>.</remarks>
public static class PrettyPrinter
{
    /// <summary>Length of a line in <c>/api/v1/format_query</c>, in bytes of UTF-8.</summary>
    public const int LineBytes = 100;

    /// <summary>Lays an expression out.</summary>
    /// <param name="node">The expression.</param>
    /// <param name="lineBytes">What is longer than this is split; indentation does not count.</param>
    public static string Print(Expr node, int lineBytes = LineBytes) => Lines(node, 0, lineBytes);

    private static string Lines(Expr node, int level, int width)
    {
        string indent = new(' ', level * 2);
        string flat = Printer.Print(node);
        switch (node)
        {
            case UnaryExpr unary:
                return indent + (unary.Negative ? "-" : "+") + Lines(unary.Operand, level, width).TrimStart(' ');
            case not (AggregateExpr or BinaryExpr or CallExpr or ParenExpr or SubqueryExpr):
                return indent + flat;
        }

        if (Encoding.UTF8.GetByteCount(flat) <= width)
        {
            // A subquery takes its indentation from what it is made of, and one that is not split has none.
            return node is SubqueryExpr ? flat : indent + flat;
        }

        switch (node)
        {
            case AggregateExpr aggregate:
                string parameter = aggregate.Parameter is null ? string.Empty : Lines(aggregate.Parameter, level + 1, width) + ",\n";
                return $"{indent}{Printer.Head(aggregate)}(\n{parameter}{Lines(aggregate.Inner, level + 1, width)}\n{indent})";
            case BinaryExpr binary:
                string left = Lines(binary.Left, level + 1, width);
                string right = Lines(binary.Right, level + 1, width);
                return $"{left}\n{indent}{Printer.OperatorText(binary)}\n{right}";
            case CallExpr call:
                return $"{indent}{call.Function.Name}(\n{Arguments(call, level + 1, width)}\n{indent})";
            case ParenExpr paren:
                return $"{indent}(\n{Lines(paren.Inner, level + 1, width)}\n{indent})";
            case SubqueryExpr subquery:
                return Lines(subquery.Inner, level, width) + Printer.Suffix(subquery);
            default:
                throw new ArgumentOutOfRangeException(nameof(node), node, "unknown node");
        }
    }

    private static string Arguments(CallExpr call, int level, int width)
    {
        var text = new StringBuilder();
        for (int i = 0; i < call.Args.Count; i++)
        {
            text.Append(i > 0 ? ",\n" : string.Empty).Append(Lines(call.Args[i], level, width));
        }

        return text.ToString();
    }
}
