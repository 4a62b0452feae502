using System.Globalization;
using System.Text;
using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Reads a text page into families, as strictly as Prometheus's client library does.</summary>
internal static class FamilyReader
{
    /// <summary>The families in the order of the page.</summary>
    /// <exception cref="PageSyntaxException">Not a page.</exception>
    /// <exception cref="PageLimitException">Beyond a limit.</exception>
    /// <exception cref="FormatException">A family is described twice.</exception>
    public static IReadOnlyList<MetricFamily> Read(byte[] page)
    {
        var sink = new Sink(page);
        PageParser.Parse(page, PageFormat.Text, new PageOptions(), new PageMemory(), ref sink);
        return sink.Families;
    }

    private readonly struct Sink(byte[] page) : IPageSink
    {
        private readonly Dictionary<string, MetricFamily> _byName = new(StringComparer.Ordinal);
        private readonly Dictionary<(MetricFamily, string), int> _metrics = [];
        private readonly List<Label> _labels = [];

        public static bool WantsMetadata => true;

        public List<MetricFamily> Families { get; } = [];

        public void Type(ReadOnlySpan<byte> family, MetricType type)
        {
            MetricFamily described = Family(Encoding.UTF8.GetString(family));
            if (described.HasType || described.Metrics.Count > 0)
            {
                throw Twice(family, $"second TYPE line for metric name {QuotedText.Of(described.Name)}, or TYPE reported after samples");
            }

            described.Type = type;
            described.HasType = true;
        }

        public void Help(ReadOnlySpan<byte> family, string help)
        {
            MetricFamily described = Family(Encoding.UTF8.GetString(family));
            if (described.Help is not null)
            {
                throw Twice(family, $"second HELP line for metric name {QuotedText.Of(described.Name)}");
            }

            described.Help = help.Length == 0 ? null : help;
        }

        public void Unit(ReadOnlySpan<byte> family, string unit)
        {
        }

        public void Comment(ReadOnlySpan<byte> text)
        {
        }

        public void Sample(scoped in PageSample sample)
        {
            sample.ReadLabels(_labels);
            MetricFamily family = FamilyOf(_labels[0].Value);
            string part = family.Type switch
            {
                MetricType.Histogram => LabelName.Bucket,
                MetricType.Summary => LabelName.Quantile,
                _ => string.Empty,
            };
            Label[] labels = [.. _labels.Skip(1).Where(label => label.Name != part)];
            bool isPart = labels.Length < _labels.Count - 1;
            string key = MetricLint.KeyOf(labels);
            if (part.Length == 0 || !_metrics.TryGetValue((family, key), out int place))
            {
                place = family.Metrics.Count;
                family.Metrics.Add(labels);
                _metrics[(family, key)] = place;
            }

            family.PartsOfFirst += isPart && place == 0 ? 1 : 0;
        }

        private MetricFamily Family(string name)
        {
            if (!_byName.TryGetValue(name, out MetricFamily? family))
            {
                family = new MetricFamily(name);
                _byName.Add(name, family);
                Families.Add(family);
            }

            return family;
        }

        // The family of a sample: its own name, unless that is a part of a summary or a histogram.
        private MetricFamily FamilyOf(string name)
        {
            if (_byName.TryGetValue(name, out MetricFamily? own))
            {
                return own;
            }

            foreach (string suffix in (ReadOnlySpan<string>)["_count", "_sum", "_bucket"])
            {
                if (name.EndsWith(suffix, StringComparison.Ordinal)
                    && _byName.TryGetValue(name[..^suffix.Length], out MetricFamily? whole)
                    && (whole.Type == MetricType.Histogram || (whole.Type == MetricType.Summary && suffix != "_bucket")))
                {
                    return whole;
                }
            }

            return Family(name);
        }

        private FormatException Twice(ReadOnlySpan<byte> family, string problem)
        {
            string line = page.AsSpan().Overlaps(family, out int at)
                ? string.Create(CultureInfo.InvariantCulture, $" in line {1 + page.AsSpan(0, at).Count((byte)'\n')}")
                : string.Empty;
            return new FormatException($"text format parsing error{line}: {problem}");
        }
    }
}
