using System.Text.Json;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A syntax tree as JSON: the data of <c>/api/v1/parse_query</c>.</summary>
/// <remarks>
/// Node shapes are Prometheus's. Where a duration is arithmetic its number is 0 and a field with the suffix <c>Expr</c> has the text.
/// </remarks>
public static class SyntaxJson
{
    /// <summary>Writes a tree as one JSON value.</summary>
    public static void Write(Utf8JsonWriter json, Expr node)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        switch (node)
        {
            case NumberLiteral number:
                json.WriteString("type", "numberLiteral");
                json.WriteString("val", GoFloat.Plain(number.Value));
                break;
            case StringLiteral text:
                json.WriteString("type", "stringLiteral");
                json.WriteString("val", StringText.Showable(text.Value));
                break;
            case ParenExpr paren:
                json.WriteString("type", "parenExpr");
                Child(json, "expr", paren.Inner);
                break;
            case UnaryExpr unary:
                json.WriteString("type", "unaryExpr");
                json.WriteString("op", unary.Negative ? "-" : "+");
                Child(json, "expr", unary.Operand);
                break;
            case BinaryExpr binary:
                Binary(json, binary);
                break;
            case AggregateExpr aggregate:
                Aggregate(json, aggregate);
                break;
            case CallExpr call:
                Call(json, call);
                break;
            case VectorSelector vector:
                json.WriteString("type", "vectorSelector");
                Selector(json, vector);
                break;
            case MatrixSelector matrix:
                json.WriteString("type", "matrixSelector");
                Duration(json, "range", matrix.Range);
                Selector(json, matrix.Vector);
                break;
            case SubqueryExpr subquery:
                json.WriteString("type", "subquery");
                Child(json, "expr", subquery.Inner);
                Duration(json, "range", subquery.Range);
                Duration(json, "step", subquery.Step);
                Moved(json, subquery.Offset, subquery.At);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(node), node, "unknown node");
        }

        json.WriteEndObject();
    }

    private static void Child(Utf8JsonWriter json, string name, Expr? child)
    {
        json.WritePropertyName(name);
        if (child is null)
        {
            json.WriteNullValue();
        }
        else
        {
            Write(json, child);
        }
    }

    private static void Binary(Utf8JsonWriter json, BinaryExpr binary)
    {
        json.WriteString("type", "binaryExpr");
        json.WriteString("op", Operators.TextOf(binary.Op));
        Child(json, "lhs", binary.Left);
        Child(json, "rhs", binary.Right);
        json.WriteBoolean("bool", binary.ReturnBool);
        json.WritePropertyName("matching");
        if (binary.Matching is not { } matching)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("card", matching.Cardinality switch
        {
            MatchCardinality.OneToOne => "one-to-one",
            MatchCardinality.ManyToOne => "many-to-one",
            MatchCardinality.OneToMany => "one-to-many",
            _ => "many-to-many",
        });
        Strings(json, "labels", matching.Labels);
        json.WriteBoolean("on", matching.On);
        Strings(json, "include", matching.Include);
        if (matching.FillLeft is not null || matching.FillRight is not null)
        {
            json.WriteStartObject("fillValues");
            Fill(json, "lhs", matching.FillLeft);
            Fill(json, "rhs", matching.FillRight);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // JSON has no NaN and no infinities; those go out as strings.
    private static void Fill(Utf8JsonWriter json, string name, double? value)
    {
        if (value is not { } number)
        {
            json.WriteNull(name);
        }
        else if (double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, GoFloat.Shortest(number));
        }
    }

    private static void Aggregate(Utf8JsonWriter json, AggregateExpr aggregate)
    {
        json.WriteString("type", "aggregation");
        json.WriteString("op", Operators.NameOf(aggregate.Op));
        Child(json, "expr", aggregate.Inner);
        Child(json, "param", aggregate.Parameter);
        Strings(json, "grouping", aggregate.Grouping);
        json.WriteBoolean("without", aggregate.Without);
    }

    private static void Call(Utf8JsonWriter json, CallExpr call)
    {
        FunctionSignature function = call.Function;
        json.WriteString("type", "call");
        json.WriteStartObject("func");
        json.WriteString("name", function.Name);
        json.WriteStartArray("argTypes");
        foreach (ExprType type in function.Parameters)
        {
            json.WriteStringValue(TypeName(type));
        }

        json.WriteEndArray();

        // -1 for any number, else how many may be left out.
        json.WriteNumber("variadic", function.Variadic ? -1 : function.OptionalCount);
        json.WriteString("returnType", TypeName(function.Result));
        json.WriteEndObject();
        json.WriteStartArray("args");
        foreach (Expr arg in call.Args)
        {
            Write(json, arg);
        }

        json.WriteEndArray();
    }

    private static void Selector(Utf8JsonWriter json, VectorSelector vector)
    {
        json.WriteString("name", vector.Name);
        json.WriteStartArray("matchers");
        foreach (Matcher matcher in vector.Matchers)
        {
            json.WriteStartObject();
            json.WriteString("name", StringText.Showable(matcher.Name));
            json.WriteString("type", Matcher.TextOf(matcher.Kind));
            json.WriteString("value", StringText.Showable(matcher.Value));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("anchored", vector.Window == WindowMode.Anchored);
        json.WriteBoolean("smoothed", vector.Window == WindowMode.Smoothed);
        Moved(json, vector.Offset, vector.At);
    }

    private static void Moved(Utf8JsonWriter json, DurationExpr? offset, AtModifier? at)
    {
        Duration(json, "offset", offset);
        if (at is { Kind: AtKind.Time } fixedAt)
        {
            json.WriteNumber("timestamp", fixedAt.Time.Milliseconds);
        }
        else
        {
            json.WriteNull("timestamp");
        }

        json.WriteString("startOrEnd", at?.Kind switch { AtKind.Start => "start", AtKind.End => "end", _ => null });
    }

    private static void Duration(Utf8JsonWriter json, string name, DurationExpr? duration)
    {
        json.WriteNumber(name, (duration as DurationLiteral)?.Milliseconds ?? 0);
        if (duration is not (null or DurationLiteral))
        {
            json.WriteString(name + "Expr", Printer.Print(duration));
        }
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string TypeName(ExprType type) => type switch
    {
        ExprType.Scalar => "scalar",
        ExprType.String => "string",
        ExprType.Vector => "vector",
        ExprType.Matrix => "matrix",
        _ => "none",
    };
}
