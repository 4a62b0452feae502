using System.Text;

namespace Pleiad.Alerting;

/// <summary>Two lists of alerts side by side, in words: what is missing, and what is too much.</summary>
internal static class AlertDifference
{
    /// <summary>The differences, a line each.</summary>
    /// <param name="expected">What should have been.</param>
    /// <param name="seen">What was.</param>
    /// <param name="indent">In front of every line.</param>
    public static string Of(IReadOnlyList<ShownAlert> expected, IReadOnlyList<ShownAlert> seen, string indent)
    {
        List<string> missing = Lines(expected);
        List<string> extra = Lines(seen);
        var text = new StringBuilder();
        foreach (string line in missing.ToArray())
        {
            if (extra.Remove(line))
            {
                missing.Remove(line);
            }
        }

        foreach (string line in missing)
        {
            text.Append('\n').Append(indent).Append("expected, but not seen: ").Append(line);
        }

        foreach (string line in extra)
        {
            text.Append('\n').Append(indent).Append("seen, but not expected: ").Append(line);
        }

        return text.ToString();
    }

    private static List<string> Lines(IReadOnlyList<ShownAlert> alerts) => [.. alerts.Select(alert => alert.ToString())];
}
