using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Text to syntax tree: the one door to the language.</summary>
/// <remarks>Grammar: Prometheus 3.14, as described in its documentation "Querying Prometheus".</remarks>
public static class Parser
{
    /// <summary>Parses and type-checks a query.</summary>
    /// <param name="text">The query.</param>
    /// <param name="settings">Limits, and which experimental parts are on.</param>
    /// <exception cref="QueryException">Not a valid query; the message is <c>line:column: parse error: reason</c> as Prometheus words it.</exception>
    public static Expr Parse(string text, EngineSettings settings)
    {
        ArgumentNullException.ThrowIfNull(text);
        Expr parsed = new ExpressionParser(new TokenReader(text, settings), settings).Whole();
        TreeDepth.Check(parsed, text, settings);
        return new TypeChecker(text).Check(parsed);
    }

    /// <summary>Parses a selector, as in the parameter <c>match[]</c>: a metric name, matchers, or both.</summary>
    /// <returns>The matchers; at least one of them does not match the empty string.</returns>
    /// <exception cref="QueryException">Not a valid selector.</exception>
    public static IReadOnlyList<Matcher> ParseSelector(string text) => ParseMatchers(text, mayMatchEmpty: false);

    /// <summary>Parses a selector that may select every series, for callers with a message of their own about that.</summary>
    /// <exception cref="QueryException">Not a valid selector.</exception>
    public static IReadOnlyList<Matcher> ParseMatchers(string text) => ParseMatchers(text, mayMatchEmpty: true);

    /// <summary>Parses the name of a series: <c>name{label="value", …}</c>.</summary>
    /// <exception cref="QueryException">Not a valid series name, or a label occurs twice.</exception>
    public static Labels ParseMetric(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return MetricText.Whole(text);
    }

    private static IReadOnlyList<Matcher> ParseMatchers(string text, bool mayMatchEmpty)
    {
        ArgumentNullException.ThrowIfNull(text);
        var settings = new EngineSettings();
        VectorSelector selector = new ExpressionParser(new TokenReader(text, settings), settings).WholeSelector();
        return new TypeChecker(text).Selector(selector, mayMatchEmpty).Matchers;
    }
}
