using System.Text;
using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>An alert as tests compare and print it.</summary>
/// <param name="Labels">In order of names.</param>
/// <param name="Annotations">In order of names; empty ones are among them.</param>
internal sealed record ShownAlert(IReadOnlyList<Label> Labels, IReadOnlyList<Label> Annotations) : IComparable<ShownAlert>
{
    /// <summary>Labels and annotations in any order.</summary>
    public static ShownAlert Of(IEnumerable<Label> labels, IEnumerable<Label> annotations) => new(Sorted(labels), Sorted(annotations));

    /// <inheritdoc/>
    public int CompareTo(ShownAlert? other) => other is null ? 1
        : Compare(Labels, other.Labels) is var byLabels && byLabels != 0 ? byLabels
        : Compare(Annotations, other.Annotations);

    /// <summary>Alerts as promtool lists them, in lines.</summary>
    /// <param name="alerts">In the order to print.</param>
    /// <param name="indent">In front of every line but the first.</param>
    public static string List(IReadOnlyList<ShownAlert> alerts, string indent)
    {
        if (alerts.Count == 0)
        {
            return "[]";
        }

        var text = new StringBuilder("[");
        for (int i = 0; i < alerts.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(indent).Append(i).Append(":\n")
                .Append(indent).Append("  Labels:").Append(Text(alerts[i].Labels)).Append('\n')
                .Append(indent).Append("  Annotations:").Append(Text(alerts[i].Annotations));
        }

        return text.Append('\n').Append(indent).Append(']').ToString();
    }

    /// <summary>In one line.</summary>
    public override string ToString() => $"Labels:{Text(Labels)} Annotations:{Text(Annotations)}";

    private static Label[] Sorted(IEnumerable<Label> labels) => [.. labels.OrderBy(label => label.Name, Utf8Order.Comparer)];

    private static int Compare(IReadOnlyList<Label> left, IReadOnlyList<Label> right)
    {
        for (int i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            int order = Utf8Order.Compare(left[i].Name, right[i].Name);
            order = order == 0 ? Utf8Order.Compare(left[i].Value, right[i].Value) : order;
            if (order != 0)
            {
                return order;
            }
        }

        return left.Count - right.Count;
    }

    private static string Text(IReadOnlyList<Label> labels) => "{" + string.Join(", ", labels.Select(label =>
        (LabelName.IsLegacy(label.Name) ? label.Name : QuotedText.Of(label.Name)) + "=" + QuotedText.Of(label.Value))) + "}";
}
