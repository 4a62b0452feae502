namespace Pleiad.PromQL;

/// <summary>Compares annotations with what a script expects: null where they fit, else what does not.</summary>
internal static class AnnotationCheck
{
    /// <summary>Compares the annotations of one level.</summary>
    /// <param name="level">For messages.</param>
    /// <param name="expected">What is expected.</param>
    /// <param name="seen">Texts with places.</param>
    public static string? Check(string level, AnnotationExpectation expected, IReadOnlyList<string> seen)
    {
        switch (expected.Wanted)
        {
            case null:
                return null;
            case false:
                return seen.Count == 0 ? null : $"no {level} expected, seen: {seen[0]}";
        }

        if (seen.Count == 0)
        {
            return $"{level} expected, none seen";
        }

        if (expected.Texts.Count == 0)
        {
            return null;
        }

        TextCondition? unmet = expected.Texts.FirstOrDefault(text => !seen.Any(text.Holds));
        if (unmet is not null)
        {
            return $"{level} expected: {unmet.Text}; seen: {string.Join("; ", seen)}";
        }

        string? extra = seen.FirstOrDefault(one => !expected.Texts.Any(text => text.Holds(one)));
        return extra is null ? null : $"{level} not expected: {extra}";
    }
}
