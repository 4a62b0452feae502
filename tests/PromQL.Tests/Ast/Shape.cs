using System.Collections;
using System.Globalization;
using System.Reflection;
using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>A syntax tree as text with every field but its places, so that two trees can be compared.</summary>
internal static class Shape
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        double number => BitConverter.DoubleToInt64Bits(double.IsNaN(number) ? double.NaN : number).ToString("x", CultureInfo.InvariantCulture),
        FunctionSignature function => function.Name,
        IReadOnlyList<Matcher> matchers => Joined(matchers.Select(m => m.ToString()).Order(StringComparer.Ordinal)),
        IEnumerable list => Joined(list.Cast<object?>().Select(Of)),
        Expr or DurationExpr or VectorMatching => Record(value),
        _ => value.ToString()!,
    };

    private static string Record(object value) => value.GetType().Name + Joined(value.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.Name is not ("Span" or "Type"))
        .OrderBy(p => p.Name, StringComparer.Ordinal)
        .Select(p => $"{p.Name}={Of(p.GetValue(value))}"));

    private static string Joined(IEnumerable<string> parts) => $"({string.Join(", ", parts)})";
}
