using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>Rules that write the same series, or raise the same alert, as another one.</summary>
public static class DuplicateRules
{
    /// <summary>Name and labels that occur more than once, each once, in order.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<Label> Labels)> Find(IEnumerable<Rule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return
        [
            .. rules
                .GroupBy(rule => (rule.Name, string.Join(',', rule.Labels.Select(label => QuotedText.Of(label.Name) + QuotedText.Of(label.Value)))))
                .Where(same => same.Skip(1).Any())
                .OrderBy(same => same.Key.Name, Utf8Order.Comparer)
                .ThenBy(same => same.Key.Item2, StringComparer.Ordinal)
                .Select(same => (same.Key.Name, same.First().Labels)),
        ];
    }
}
