using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>The labels that describe the metric rather than the series: they go when an operation makes another metric of it.</summary>
internal static class MetadataLabels
{
    public static bool Is(string name) =>
        name.StartsWith("__", StringComparison.Ordinal) && name is LabelName.MetricName or LabelName.Type or LabelName.Unit;

    /// <summary>The labels without them; the same object where there are none.</summary>
    public static Labels Without(Labels labels)
    {
        int gone = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            if (Is(labels.NameAt(i)))
            {
                gone++;
            }
        }

        if (gone == 0)
        {
            return labels;
        }

        var pairs = new string[2 * (labels.Count - gone)];
        int at = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            string name = labels.NameAt(i);
            if (!Is(name))
            {
                pairs[at++] = name;
                pairs[at++] = labels.ValueAt(i);
            }
        }

        return Labels.FromSortedPairs(pairs);
    }
}
