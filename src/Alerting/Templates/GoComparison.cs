using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>Truth and order of values as templates see them.</summary>
internal static class GoComparison
{
    /// <summary>Whether a value counts as true: not nil, zero or empty.</summary>
    public static bool Truth(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Length > 0,
        SafeHtml safe => safe.Text.Length > 0,
        long whole => whole != 0,
        ulong whole => whole != 0,
        double number => number != 0,
        GoDuration duration => duration.Nanoseconds != 0,
        IReadOnlyList<object?> list => list.Count > 0,
        TemplateMap map => map.Entries.Count > 0,
        _ => true,
    };

    /// <summary>Whether two values are equal; both have to be of one kind.</summary>
    public static bool Equal(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (bool a, bool b) => a == b,
        (string or SafeHtml, string or SafeHtml) => left.ToString() == right.ToString(),
        (double a, double b) => a == b,
        _ when Whole(left) is { } a && Whole(right) is { } b => a == b,
        (IReadOnlyList<object?> or TemplateMap, _) => throw new TemplateCallException(
            $"non-comparable type {GoFormat.Value(left)}: {GoFormat.TypeName(left)}"),
        (TemplateRecord, TemplateRecord) => ReferenceEquals(left, right),
        _ => throw new TemplateCallException("incompatible types for comparison"),
    };

    /// <summary>Whether the left is less than the right.</summary>
    public static bool Less(object? left, object? right) => (left, right) switch
    {
        (string or SafeHtml, string or SafeHtml) => Utf8Order.Compare(left.ToString()!, right.ToString()!) < 0,
        (double a, double b) => a < b,
        _ when Whole(left) is { } a && Whole(right) is { } b => a < b,
        (bool, bool) or (null, _) or (_, null) => throw new TemplateCallException("invalid type for comparison"),
        _ => throw new TemplateCallException("incompatible types for comparison"),
    };

    private static Int128? Whole(object? value) => value switch
    {
        long whole => whole,
        ulong whole => whole,
        GoDuration duration => duration.Nanoseconds,
        _ => null,
    };
}
