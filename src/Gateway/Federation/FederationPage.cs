using System.Runtime.InteropServices;
using System.Text;
using Pleiad.Actors;
using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>What federation makes of samples in order of metric names: untyped families, external labels, timestamps.</summary>
/// <param name="external">Added to series that do not have them.</param>
/// <param name="anyName">Whether the reader takes names beyond the classic characters; else those become underscores.</param>
internal sealed class FederationPage(Labels external, bool anyName)
{
    private readonly List<Label> _external = WithInstance(external);
    private readonly List<Label> _labels = [];
    private string _family = string.Empty;

    /// <summary>Writes one as text, which has no native histograms: they are left out, and so are series without a name.</summary>
    public void Write(PageWriter to, NewestSample sample)
    {
        if (sample.Histogram is not null || NameAndLabels(sample) is not { } name)
        {
            return;
        }

        if (name != _family)
        {
            to.Type(name, MetricType.Unknown);
            _family = name;
        }

        to.Sample(name, CollectionsMarshal.AsSpan(_labels), sample.Value, sample.At);
    }

    /// <summary>Writes one as protobuf, which has no histograms of custom buckets: they are left out, and so are series without a name.</summary>
    public void Write(MetricFamilyWriter to, NewestSample sample)
    {
        if (sample.Histogram is { UsesCustomBuckets: true } || NameAndLabels(sample) is not { } name)
        {
            return;
        }

        if (sample.Histogram is { } histogram)
        {
            to.Sample(name, CollectionsMarshal.AsSpan(_labels), histogram, sample.At);
        }
        else
        {
            to.Sample(name, CollectionsMarshal.AsSpan(_labels), sample.Value, sample.At);
        }
    }

    // The name; null for none. The labels are left in the list.
    private string? NameAndLabels(NewestSample sample)
    {
        string name = sample.Series.MetricName;
        if (name.Length == 0)
        {
            return null;
        }

        _labels.Clear();
        foreach (Label label in sample.Series)
        {
            if (label.Name != LabelName.MetricName)
            {
                _labels.Add(new Label(Escaped(label.Name), label.Value));
            }
        }

        foreach (Label label in _external)
        {
            if (sample.Series.Get(label.Name).Length == 0)
            {
                _labels.Add(new Label(Escaped(label.Name), label.Value));
            }
        }

        return Escaped(name);
    }

    // Without it the reader would give such a series the instance of this server.
    private static List<Label> WithInstance(Labels external)
    {
        List<Label> labels = [.. external];
        if (external.Get(LabelName.Instance).Length == 0)
        {
            labels.Add(new Label(LabelName.Instance, string.Empty));
            labels.Sort((left, right) => Utf8Order.Compare(left.Name, right.Name));
        }

        return labels;
    }

    private string Escaped(string name)
    {
        if (anyName || LabelName.IsLegacyMetric(name))
        {
            return name;
        }

        var escaped = new StringBuilder(name.Length);
        foreach (Rune rune in name.EnumerateRunes())
        {
            bool classic = rune.IsAscii && (char.IsAsciiLetter((char)rune.Value) || rune.Value is '_' or ':' || (escaped.Length > 0 && char.IsAsciiDigit((char)rune.Value)));
            escaped.Append(classic ? (char)rune.Value : '_');
        }

        return escaped.ToString();
    }
}
