using System.Globalization;
using System.Text.Json;
using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>Compares our syntax tree with the reference's as the case tables write it (positions left out, absent fields mean zero).</summary>
internal static class ReferenceTree
{
    public static IReadOnlyList<string> Differences(JsonElement tree, Expr parsed)
    {
        var found = new List<string>();
        Compare("root", tree, parsed, found);
        return found;
    }

    private static void Compare(string path, JsonElement tree, Expr parsed, List<string> found)
    {
        string node = tree.GetProperty("node").GetString()!;
        switch (node, parsed)
        {
            case ("NumberLiteral", NumberLiteral number):
                Same(path, Number(tree.GetProperty("val")), number.Value, found);
                Same(path + ".duration", Flag(tree, "duration"), number.IsDuration, found);
                break;
            case ("StringLiteral", StringLiteral text):
                Same(path, Convert.ToHexString(Bytes(tree.GetProperty("val"))), Convert.ToHexString(StringText.Bytes(text.Value)), found);
                break;
            case ("ParenExpr", ParenExpr paren):
                Compare(path + ".paren", tree.GetProperty("expr"), paren.Inner, found);
                break;
            case ("UnaryExpr", UnaryExpr unary):
                Same(path + ".op", tree.GetProperty("op").GetString(), unary.Negative ? "-" : "+", found);
                Compare(path + ".unary", tree.GetProperty("expr"), unary.Operand, found);
                break;
            case ("BinaryExpr", BinaryExpr binary):
                Binary(path, tree, binary, found);
                break;
            case ("AggregateExpr", AggregateExpr aggregate):
                Same(path + ".op", tree.GetProperty("op").GetString(), Operators.NameOf(aggregate.Op), found);
                Same(path + ".without", Flag(tree, "without"), aggregate.Without, found);
                Same(path + ".grouping", Strings(tree, "grouping"), string.Join(",", aggregate.Grouping), found);
                Compare(path + ".expr", tree.GetProperty("expr"), aggregate.Inner, found);
                Same(path + ".param", tree.TryGetProperty("param", out JsonElement param), aggregate.Parameter is not null, found);
                if (aggregate.Parameter is not null)
                {
                    Compare(path + ".param", param, aggregate.Parameter, found);
                }

                break;
            case ("Call", CallExpr call):
                Same(path + ".func", tree.GetProperty("func").GetString(), call.Function.Name, found);

                // The table keeps only the last argument.
                if (tree.GetProperty("args").TryGetProperty("?", out JsonElement last))
                {
                    Compare(path + ".arg", last, call.Args[^1], found);
                }

                break;
            case ("VectorSelector", VectorSelector vector):
                Vector(path, tree, vector, found);
                break;
            case ("MatrixSelector", MatrixSelector matrix):
                Compare(path + ".vector", tree.GetProperty("vector_selector"), matrix.Vector, found);
                Duration(path + ".range", tree, "range", matrix.Range, found);
                break;
            case ("SubqueryExpr", SubqueryExpr subquery):
                Compare(path + ".expr", tree.GetProperty("expr"), subquery.Inner, found);
                Duration(path + ".range", tree, "range", subquery.Range, found);
                Duration(path + ".step", tree, "step", subquery.Step, found);
                Duration(path + ".offset", tree, "original_offset", subquery.Offset, found);
                At(path, tree, subquery.At, found);
                break;
            default:
                found.Add($"{path}: {node} wanted, {parsed.GetType().Name} seen");
                break;
        }
    }

    private static void Binary(string path, JsonElement tree, BinaryExpr binary, List<string> found)
    {
        Same(path + ".op", tree.GetProperty("op").GetString(), Operators.TextOf(binary.Op), found);
        Same(path + ".bool", Flag(tree, "return_bool"), binary.ReturnBool, found);
        Compare(path + ".lhs", tree.GetProperty("lhs"), binary.Left, found);
        Compare(path + ".rhs", tree.GetProperty("rhs"), binary.Right, found);
        Same(path + ".matching", tree.TryGetProperty("vector_matching", out JsonElement matching), binary.Matching is not null, found);
        if (binary.Matching is { } seen && matching.ValueKind == JsonValueKind.Object)
        {
            string card = matching.TryGetProperty("card", out JsonElement c) ? c.GetString()! : "one-to-one";
            Same(path + ".card", card, SeenCardinality(seen.Cardinality), found);
            Same(path + ".on", Flag(matching, "on"), seen.On, found);
            Same(path + ".labels", Strings(matching, "matching_labels"), string.Join(",", seen.Labels), found);
            Same(path + ".include", Strings(matching, "include"), string.Join(",", seen.Include), found);
        }
    }

    private static string SeenCardinality(MatchCardinality cardinality) => cardinality switch
    {
        MatchCardinality.OneToOne => "one-to-one",
        MatchCardinality.ManyToOne => "many-to-one",
        MatchCardinality.OneToMany => "one-to-many",
        _ => "many-to-many",
    };

    private static void Vector(string path, JsonElement tree, VectorSelector vector, List<string> found)
    {
        Same(path + ".name", tree.TryGetProperty("name", out JsonElement name) ? name.GetString() : string.Empty, vector.Name, found);
        IEnumerable<string> wanted = tree.GetProperty("label_matchers").EnumerateArray().Select(
            m => $"{m.GetProperty("name").GetString()} {m.GetProperty("op").GetString()} {m.GetProperty("value").GetString()}");
        IEnumerable<string> seen = vector.Matchers.Select(m => $"{m.Name} {Matcher.TextOf(m.Kind)} {m.Value}");
        Same(path + ".matchers", string.Join(";", wanted), string.Join(";", seen), found);
        Duration(path + ".offset", tree, "original_offset", vector.Offset, found);
        At(path, tree, vector.At, found);
    }

    private static void At(string path, JsonElement tree, AtModifier? at, List<string> found)
    {
        long? wanted = tree.TryGetProperty("timestamp", out JsonElement t) ? t.GetInt64() : null;
        string? edge = tree.TryGetProperty("start_or_end", out JsonElement e) ? e.GetString() : null;
        Same(path + ".at", wanted, at is { Kind: AtKind.Time } ? at.Value.Time.Milliseconds : null, found);
        Same(path + ".edge", edge, at?.Kind switch { AtKind.Start => "start", AtKind.End => "end", _ => null }, found);
    }

    // A literal is a number of milliseconds in one field, arithmetic a tree in the field with "_expr".
    private static void Duration(string path, JsonElement tree, string field, DurationExpr? seen, List<string> found)
    {
        if (tree.TryGetProperty(field + "_expr", out JsonElement arithmetic))
        {
            Same(path, Arithmetic(arithmetic), seen is null ? "none" : Arithmetic(seen), found);
            return;
        }

        long wanted = tree.TryGetProperty(field, out JsonElement value) ? value.GetInt64() : 0;
        if (seen is null or DurationLiteral)
        {
            Same(path, wanted, (seen as DurationLiteral)?.Milliseconds ?? 0, found);
        }
        else
        {
            found.Add($"{path}: {wanted} wanted, {Arithmetic(seen)} seen");
        }
    }

    private static string Arithmetic(JsonElement tree)
    {
        if (tree.GetProperty("node").GetString() == "NumberLiteral")
        {
            return Number(tree.GetProperty("val")).ToString("R", CultureInfo.InvariantCulture) + (Flag(tree, "duration") ? "s" : string.Empty);
        }

        string op = tree.GetProperty("op").GetString()!;
        string Side(string name) =>
            tree.TryGetProperty(name, out JsonElement side) && side.ValueKind == JsonValueKind.Object ? Arithmetic(side) : string.Empty;
        string text = op is "step" or "range" ? op : $"[{Side("lhs")} {op} {Side("rhs")}]";

        // Parentheses around an operand that is no arithmetic are a plus with one side.
        bool onlyParentheses = op == "+" && Side("lhs").Length == 0;
        text = onlyParentheses ? Side("rhs") : text;
        return Flag(tree, "wrapped") ? $"({text})" : text;
    }

    private static string Arithmetic(DurationExpr seen) => seen switch
    {
        DurationLiteral literal => literal.Seconds.ToString("R", CultureInfo.InvariantCulture) + (literal.AsNumber ? string.Empty : "s"),
        DurationStep => "step",
        DurationRange => "range",
        DurationUnary unary => $"[ {(unary.Negative ? "-" : "+")} {Arithmetic(unary.Operand)}]",
        DurationParen paren => $"({Arithmetic(paren.Inner)})",
        DurationBinary binary => $"[{Arithmetic(binary.Left)} {OpText(binary.Op)} {Arithmetic(binary.Right)}]",
        _ => throw new ArgumentOutOfRangeException(nameof(seen)),
    };

    private static string OpText(DurationOp op) => op switch
    {
        DurationOp.Add => "+",
        DurationOp.Subtract => "-",
        DurationOp.Multiply => "*",
        DurationOp.Divide => "/",
        DurationOp.Modulo => "%",
        DurationOp.Power => "^",
        DurationOp.MinOf => "min_of",
        _ => "max_of",
    };

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : value.GetString() switch { "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, _ => double.NaN };

    private static byte[] Bytes(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? value.GetProperty("base64").GetBytesFromBase64()
        : System.Text.Encoding.UTF8.GetBytes(value.GetString()!);

    private static bool Flag(JsonElement tree, string name) => tree.TryGetProperty(name, out JsonElement flag) && flag.GetBoolean();

    private static string Strings(JsonElement tree, string name) =>
        tree.TryGetProperty(name, out JsonElement array) ? string.Join(",", array.EnumerateArray().Select(s => s.GetString())) : string.Empty;

    private static void Same<T>(string path, T wanted, T seen, List<string> found)
    {
        if (!EqualityComparer<T>.Default.Equals(wanted, seen))
        {
            found.Add($"{path}: {wanted} wanted, {seen} seen");
        }
    }
}
