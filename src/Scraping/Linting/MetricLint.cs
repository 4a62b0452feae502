using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Something about a metric that is not as it should be.</summary>
/// <param name="Metric">The family.</param>
/// <param name="Text">What; in promtool's words.</param>
public readonly record struct LintProblem(string Metric, string Text);

/// <summary>A family and how many series it has.</summary>
public readonly record struct FamilyCardinality(string Metric, int Series);

/// <summary>What linting a page found.</summary>
/// <param name="Error">Why it is no page; null where it is one.</param>
/// <param name="Problems">In order of metrics, then of texts; once for each metric of a family that has them.</param>
/// <param name="Families">The largest first.</param>
public sealed record LintResult(string? Error, IReadOnlyList<LintProblem> Problems, IReadOnlyList<FamilyCardinality> Families);

/// <summary>Checks the names, types and help texts of a page against Prometheus's customs.</summary>
/// <remarks>Prometheus documentation, "Metric and label naming"; the checks and texts are those of <c>promtool check metrics</c>.</remarks>
public static class MetricLint
{
    private static readonly (MetricType Type, string Word)[] TypeWords =
    [
        (MetricType.Counter, "counter"), (MetricType.Gauge, "gauge"), (MetricType.Summary, "summary"), (MetricType.Histogram, "histogram"),
        (MetricType.GaugeHistogram, "gauge_histogram"),
    ];

    /// <summary>Checks a page in Prometheus's text format.</summary>
    public static LintResult Check(byte[] page)
    {
        ArgumentNullException.ThrowIfNull(page);
        IReadOnlyList<MetricFamily> families;
        try
        {
            families = FamilyReader.Read(page);
        }
        catch (Exception e) when (e is PageSyntaxException or PageLimitException or FormatException)
        {
            return new LintResult(e.Message, [], []);
        }

        // A family without a sample is not on the page.
        MetricFamily[] seen = [.. families.Where(family => family.Metrics.Count > 0)];
        return new LintResult(
            null,
            [
                .. seen.SelectMany(family => ProblemsOf(family).Select(text => new LintProblem(family.Name, text)))
                    .OrderBy(problem => problem.Metric, StringComparer.Ordinal)
                    .ThenBy(problem => problem.Text, StringComparer.Ordinal),
            ],
            [.. seen.Select(family => new FamilyCardinality(family.Name, family.Cardinality)).OrderByDescending(family => family.Series)]);
    }

    /// <summary>The same text for the same labels.</summary>
    internal static string KeyOf(Label[] labels) => string.Concat(labels.Select(label => QuotedText.Of(label.Name) + QuotedText.Of(label.Value)));

    private static IEnumerable<string> ProblemsOf(MetricFamily family)
    {
        if (family.Help is null)
        {
            yield return "no help text";
        }

        if (MetricUnits.NotBase(family.Name) is { } unit)
        {
            yield return $"use base unit {QuotedText.Of(unit.Base)} instead of {QuotedText.Of(unit.Unit)}";
        }

        foreach (string problem in OfType(family).Concat(OfName(family.Name)).Concat(OfLabels(family)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> OfType(MetricFamily family)
    {
        string name = family.Name;
        bool total = name.EndsWith("_total", StringComparison.Ordinal);
        if (family.Type == MetricType.Counter && !total)
        {
            yield return "counter metrics should have \"_total\" suffix";
        }

        if (family.Type is MetricType.Unknown)
        {
            yield break;
        }

        if (family.Type != MetricType.Counter && total)
        {
            yield return "non-counter metrics should not have \"_total\" suffix";
        }

        bool histogram = family.Type == MetricType.Histogram;
        bool summary = family.Type == MetricType.Summary;
        if (!histogram && name.EndsWith("_bucket", StringComparison.Ordinal))
        {
            yield return "non-histogram metrics should not have \"_bucket\" suffix";
        }

        foreach (string suffix in (string[])["_count", "_sum"])
        {
            if (!histogram && !summary && name.EndsWith(suffix, StringComparison.Ordinal))
            {
                yield return $"non-histogram and non-summary metrics should not have \"{suffix}\" suffix";
            }
        }

        foreach (Label label in family.Metrics.SelectMany(metric => metric))
        {
            if (!histogram && label.Name == LabelName.Bucket)
            {
                yield return "non-histogram metrics should not have \"le\" label";
            }

            if (!summary && label.Name == LabelName.Quantile)
            {
                yield return "non-summary metrics should not have \"quantile\" label";
            }
        }
    }

    private static IEnumerable<string> OfName(string name)
    {
        string lower = name.ToLowerInvariant();
        foreach ((_, string word) in TypeWords)
        {
            if (lower.Contains($"_{word}_", StringComparison.Ordinal) || lower.EndsWith("_" + word, StringComparison.Ordinal))
            {
                yield return $"metric name should not include type '{word}'";
            }
        }

        if (name.Contains(':', StringComparison.Ordinal))
        {
            yield return "metric names should not contain ':'";
        }

        if (IsCamelCase(name))
        {
            yield return "metric names should be written in 'snake_case' not 'camelCase'";
        }

        if (MetricUnits.HasAbbreviation(name))
        {
            yield return "metric names should not contain abbreviated units";
        }
    }

    private static IEnumerable<string> OfLabels(MetricFamily family)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Label[] metric in family.Metrics)
        {
            if (!seen.Add(KeyOf(metric)))
            {
                yield return "metric not unique";
            }

            foreach (Label label in metric)
            {
                if (IsCamelCase(label.Name))
                {
                    yield return "label names should be written in 'snake_case' not 'camelCase'";
                }
            }
        }
    }

    private static bool IsCamelCase(string name)
    {
        for (int i = 1; i < name.Length; i++)
        {
            if (char.IsAsciiLetterLower(name[i - 1]) && char.IsAsciiLetterUpper(name[i]))
            {
                return true;
            }
        }

        return false;
    }
}
