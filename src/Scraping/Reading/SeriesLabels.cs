using System.Text;
using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>From the labels of a page to the labels of a series: target labels, relabelling, limits. Reused; not thread-safe.</summary>
/// <remarks>Prometheus: documentation of <c>honor_labels</c>, and scrape.go mutateSampleLabels, verifyLabelLimits for order and wording.</remarks>
internal sealed class SeriesLabels(ReadSettings settings, Labels target, Func<LabelsBuilder, bool>? relabel)
{
    private const string Exported = "exported_";

    private readonly List<Label> _page = [];
    private readonly List<Label> _conflicts = [];
    private readonly LabelsBuilder _builder = new();

    /// <summary>The labels of a sample's series, or null where relabelling dropped it.</summary>
    /// <exception cref="ScrapeRefusedException">The page must be refused for it.</exception>
    internal Labels? Of(scoped in PageSample sample)
    {
        sample.ReadLabels(_page);
        _builder.Clear();
        foreach (Label label in _page)
        {
            _builder.Set(label.Name, label.Value);
        }

        AddTargetLabels();
        if (relabel is not null && !relabel(_builder))
        {
            return null;
        }

        if (_builder.Count == 0)
        {
            return null;
        }

        Labels labels = _builder.ToLabels();
        Check(labels);
        return labels;
    }

    /// <summary>The labels of a series that tells about the scrape itself.</summary>
    internal Labels OfReport(string name) => new LabelsBuilder(target).Set(LabelName.MetricName, name).ToLabels();

    // As Go's %.50s: characters, not units of UTF-16.
    private static string Cut(string text)
    {
        const int charactersMax = 50;
        if (text.Length <= charactersMax)
        {
            return text;
        }

        int end = 0;
        for (int i = 0; i < charactersMax && end < text.Length; i++)
        {
            end += char.IsSurrogatePair(text, end) ? 2 : 1;
        }

        return text[..end];
    }

    private void AddTargetLabels()
    {
        _conflicts.Clear();
        foreach (Label label in target)
        {
            if (settings.HonorLabels)
            {
                // A label that the page gives an empty value counts as given: that is how a page asks for none.
                if (!_page.Exists(given => given.Name == label.Name))
                {
                    _builder.Set(label.Name, label.Value);
                }

                continue;
            }

            string given = _builder.Get(label.Name);
            if (given.Length > 0)
            {
                _conflicts.Add(new Label(label.Name, given));
            }

            _builder.Set(label.Name, label.Value);
        }

        // Short names first, so that a label "exported_a" of the page that conflicts as well gets the longer name.
        foreach (Label conflict in _conflicts.OrderBy(label => label.Name.Length))
        {
            string name = Exported + conflict.Name;
            while (_builder.Has(name))
            {
                name = Exported + name;
            }

            _builder.Set(name, conflict.Value);
        }
    }

    private void Check(Labels labels)
    {
        string metric = labels.MetricName;
        if (metric.Length == 0)
        {
            throw new ScrapeRefusedException(ScrapeRefusal.Syntax, "missing metric name (__name__ label)");
        }

        foreach (Label label in labels)
        {
            if (!IsValid(label.Name, metric))
            {
                throw new ScrapeRefusedException(ScrapeRefusal.Syntax, $"invalid metric name or label names: {labels}");
            }
        }

        if (settings.LabelLimit > 0 && labels.Count > settings.LabelLimit)
        {
            throw new ScrapeRefusedException(
                ScrapeRefusal.LabelLimit,
                $"label_limit exceeded (metric: {Cut(metric)}, number of labels: {labels.Count}, limit: {settings.LabelLimit})");
        }

        foreach (Label label in labels)
        {
            if (LengthBeyond(label.Name, settings.LabelNameLengthLimit) is { } nameLength)
            {
                throw new ScrapeRefusedException(
                    ScrapeRefusal.LabelLimit,
                    $"label_name_length_limit exceeded (metric: {Cut(metric)}, label name: {Cut(label.Name)}, length: {nameLength}, limit: {settings.LabelNameLengthLimit})");
            }

            if (LengthBeyond(label.Value, settings.LabelValueLengthLimit) is { } valueLength)
            {
                throw new ScrapeRefusedException(
                    ScrapeRefusal.LabelLimit,
                    $"label_value_length_limit exceeded (metric: {Cut(metric)}, label name: {Cut(label.Name)}, value: {QuotedText.Of(Cut(label.Value))}, length: {valueLength}, limit: {settings.LabelValueLengthLimit})");
            }
        }
    }

    private bool IsValid(string name, string metric) => settings.LegacyNames
        ? LabelName.IsLegacy(name) && (name != LabelName.MetricName || LabelName.IsLegacyMetric(metric))
        : LabelName.IsValid(name);

    // The length in bytes of a text that is longer than its limit.
    private static int? LengthBeyond(string text, int limit)
    {
        if (limit <= 0 || text.Length * 3L <= limit)
        {
            return null;
        }

        int length = Encoding.UTF8.GetByteCount(text);
        return length > limit ? length : null;
    }
}
