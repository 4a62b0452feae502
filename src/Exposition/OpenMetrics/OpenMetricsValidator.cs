using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// The strict reader of OpenMetrics: what <see cref="PageParser"/> takes from a target with good will must also make sense here
/// (counters do not go below zero, families stand together, histograms add up).
/// </summary>
/// <remarks>OpenMetrics 1.0.0, sections 4 and 5; checked against the parser cases of the OpenMetrics repository.</remarks>
public static class OpenMetricsValidator
{
    /// <summary>Checks a page.</summary>
    /// <exception cref="PageSyntaxException">The first thing that is wrong.</exception>
    /// <exception cref="PageLimitException">The page is beyond a limit.</exception>
    public static void Validate(ReadOnlySpan<byte> page, PageLimits? limits = null)
    {
        var rules = new Rules();
        var sink = new Sink(rules);
        PageParser.Parse(page, PageFormat.OpenMetrics, new PageOptions { Limits = limits ?? PageLimits.Default }, new PageMemory(), ref sink);
        rules.Finish();
    }

    private static string Utf8(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private readonly struct Sink(Rules rules) : IPageSink
    {
        public static bool WantsMetadata => true;

        public void Type(ReadOnlySpan<byte> family, MetricType type) => rules.Type(Utf8(family), type);

        public void Help(ReadOnlySpan<byte> family, string help) => rules.Help(Utf8(family));

        public void Unit(ReadOnlySpan<byte> family, string unit) => rules.Unit(Utf8(family), unit);

        public void Comment(ReadOnlySpan<byte> text)
        {
        }

        public void Sample(scoped in PageSample sample) => rules.Sample(in sample);
    }

    /// <summary>What must hold from line to line.</summary>
    private sealed class Rules
    {
        private const int ExemplarCharactersMax = 128;

        private readonly HashSet<string> _namesTaken = new(StringComparer.Ordinal);
        private readonly HashSet<string> _groupsSeen = new(StringComparer.Ordinal);
        private readonly List<Label> _labels = [];
        private readonly List<Exemplar> _exemplars = [];
        private readonly HistogramRules _histogram = new();
        private string? _family;
        private MetricType? _type;
        private string? _unit;
        private bool _hasHelp;
        private bool _hasSamples;
        private string[] _suffixes = [""];

        // A metric of the family: equal labels, apart from those that tell its samples apart.
        private string? _group;
        private double? _groupTime;
        private int _line;
        private int _lineOfSample = 1;
        private int _counted;

        internal void Type(string family, MetricType type)
        {
            Enter(family);
            Require(_type is null, "more than one TYPE for a metric family");
            _type = type;
            _suffixes = SuffixesOf(type);
        }

        internal void Help(string family)
        {
            Enter(family);
            Require(!_hasHelp, "more than one HELP for a metric family");
            _hasHelp = true;
        }

        internal void Unit(string family, string unit)
        {
            Enter(family);
            Require(_unit is null, "more than one UNIT for a metric family");
            _unit = unit;
        }

        internal void Sample(scoped in PageSample sample)
        {
            _lineOfSample += sample.Page[_counted..sample.At].Count((byte)'\n');
            _counted = sample.At;
            _line = _lineOfSample;
            Require(!sample.Text.EndsWith(",}"u8), "a comma before the closing brace");
            PageSample raw = sample;
            raw.Type = MetricType.Unknown; // le and quantile as written
            raw.ReadLabels(_labels);
            string name = _labels[0].Value;
            string? suffix = _family is not null && name.StartsWith(_family, StringComparison.Ordinal) ? name[_family.Length..] : null;
            if (suffix is null || !_suffixes.Contains(suffix))
            {
                Leave();
                Begin(name);
                _type = MetricType.Unknown;
                suffix = string.Empty;
            }

            _hasSamples = true;
            MetricType type = _type ?? MetricType.Unknown;
            CheckLabels(type, suffix, sample.Value);
            CheckGroup(type, suffix, sample.HasTime ? RawTimeOf(in sample) : null);
            CheckValue(type, suffix, sample.Value);
            CheckExemplar(type, suffix, in sample);
            if (type is MetricType.Histogram or MetricType.GaugeHistogram && suffix.Length > 0)
            {
                Require(_histogram.Add(_group!, _groupTime, suffix, ValueOf(LabelName.Bucket), sample.Value));
            }
        }

        internal void Finish() => Leave();

        private static string[] SuffixesOf(MetricType type) => type switch
        {
            MetricType.Counter => ["_total", "_created"],
            MetricType.Summary => ["", "_count", "_sum", "_created"],
            MetricType.Histogram => ["_count", "_sum", "_bucket", "_created"],
            MetricType.GaugeHistogram => ["_gcount", "_gsum", "_bucket"],
            MetricType.Info => ["_info"],
            _ => [""],
        };

        // The time as written: milliseconds would hide that it went backwards.
        private static double RawTimeOf(scoped in PageSample sample)
        {
            ReadOnlySpan<byte> rest = sample.Page[(sample.At + sample.Text.Length + 1)..];
            rest = rest[(rest.IndexOf((byte)' ') + 1)..];
            return FloatText.TryReadPrefix(rest, out double time, out _) ? time : 0;
        }

        private void Enter(string family)
        {
            _line++;
            if (family == _family)
            {
                Require(!_hasSamples, "metadata after samples");
                return;
            }

            Leave();
            Begin(family);
        }

        private void Begin(string family)
        {
            _family = family;
            _type = null;
            _unit = null;
            _hasHelp = false;
            _hasSamples = false;
            _suffixes = [""];
            _group = null;
            _groupTime = null;
            _groupsSeen.Clear();
            _histogram.Clear();
        }

        private void Leave()
        {
            if (_family is null)
            {
                return;
            }

            MetricType type = _type ?? MetricType.Unknown;
            foreach (string suffix in SuffixesOf(type).Append(string.Empty).Distinct())
            {
                Require(_namesTaken.Add(_family + suffix), $"clashing name {_family + suffix}");
            }

            Require(
                string.IsNullOrEmpty(_unit) || type is not (MetricType.Info or MetricType.StateSet), "a unit is not allowed for this type");
            Require(_histogram.Finish());
        }

        private void CheckLabels(MetricType type, string suffix, double value)
        {
            if (type == MetricType.StateSet)
            {
                Require(ValueOf(_family!) is not null, "a stateset without the label that names the state");
            }

            if (suffix == "_bucket")
            {
                Require(IsNumber(ValueOf(LabelName.Bucket), out double bound) && !double.IsNaN(bound), "invalid le label");
            }

            if (suffix is "_bucket" or "_count" or "_gcount")
            {
                Require(double.IsNaN(value) || value == Math.Truncate(value), "a count must be an integer");
            }

            if (type == MetricType.Summary && suffix.Length == 0)
            {
                Require(IsNumber(ValueOf(LabelName.Quantile), out double quantile) && quantile is >= 0 and <= 1, "invalid quantile label");
            }
        }

        private void CheckGroup(MetricType type, string suffix, double? time)
        {
            string? left = type switch
            {
                MetricType.Summary when suffix.Length == 0 => LabelName.Quantile,
                MetricType.StateSet => _family,
                MetricType.Histogram or MetricType.GaugeHistogram when suffix == "_bucket" => LabelName.Bucket,
                _ => null,
            };
            string group = type == MetricType.Info
                ? string.Empty
                : string.Join('\xff', _labels.Skip(1).Where(label => label.Name != left)
                    .OrderBy(label => label.Name, StringComparer.Ordinal).Select(label => label.Name + '\xfe' + label.Value));
            if (group == _group)
            {
                Require((time is null) == (_groupTime is null), "some samples of a metric with timestamps, some without");
                Require(time is null || time >= _groupTime || type == MetricType.Info, "timestamps went backwards within a metric");
            }
            else
            {
                Require(_groupsSeen.Add(group), "the samples of a metric do not stand together");
            }

            _group = group;
            _groupTime = time;
        }

        private void CheckValue(MetricType type, string suffix, double value)
        {
            Require(type != MetricType.StateSet || value is 0 or 1, "a stateset sample other than 0 and 1");
            Require(type != MetricType.Info || value == 1, "an info sample other than 1");
            Require(type != MetricType.Summary || suffix.Length > 0 || !(value < 0), "a negative quantile value");
            if (suffix is "_total" or "_sum" or "_count" or "_bucket" or "_gcount" or "_gsum")
            {
                Require(!double.IsNaN(value), "a counter-like sample that is NaN");
                Require(suffix == "_gsum" || value >= 0, "a counter-like sample below zero");
            }
        }

        private void CheckExemplar(MetricType type, string suffix, scoped in PageSample sample)
        {
            if (!sample.HasExemplars)
            {
                return;
            }

            Require(
                (type is MetricType.Histogram or MetricType.GaugeHistogram && suffix == "_bucket") || (type == MetricType.Counter && suffix == "_total"),
                "an exemplar on something else than a bucket or a counter");
            _exemplars.Clear();
            sample.ReadExemplars(_exemplars);
            int characters = 0;
            foreach (Label label in _exemplars[0].Labels)
            {
                characters += label.Name.EnumerateRunes().Count() + label.Value.EnumerateRunes().Count();
            }

            Require(characters <= ExemplarCharactersMax, $"exemplar labels longer than {ExemplarCharactersMax} characters");
        }

        private string? ValueOf(string name)
        {
            foreach (Label label in _labels)
            {
                if (label.Name == name)
                {
                    return label.Value;
                }
            }

            return null;
        }

        // The only number that must be written in one way is infinity.
        private static bool IsNumber(string? text, out double number)
        {
            number = 0;
            return text is not null && FloatText.TryRead(Encoding.UTF8.GetBytes(text), out number)
                && (!double.IsPositiveInfinity(number) || text == "+Inf");
        }

        private void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                throw new PageSyntaxException(_line, 1, otherwise);
            }
        }

        private void Require(string? fault)
        {
            if (fault is not null)
            {
                throw new PageSyntaxException(_line, 1, fault);
            }
        }
    }

    /// <summary>What must hold between the samples of one histogram.</summary>
    private sealed class HistogramRules
    {
        private string? _group;
        private double? _time;
        private double? _bound;
        private double _cumulative;
        private double? _count;
        private bool _hasSum;
        private bool _hasGaugeSum;
        private bool _negativeBounds;
        private bool _negativeGaugeSum;

        internal void Clear() => _group = null;

        internal string? Add(string group, double? time, string suffix, string? bound, double value)
        {
            if (group != _group || time != _time)
            {
                string? fault = Finish();
                if (fault is not null)
                {
                    return fault;
                }

                _group = group;
                _time = time;
                _bound = null;
                _cumulative = 0;
                _count = null;
                _hasSum = false;
                _hasGaugeSum = false;
                _negativeBounds = false;
                _negativeGaugeSum = false;
            }

            switch (suffix)
            {
                case "_bucket":
                    FloatText.TryRead(Encoding.UTF8.GetBytes(bound!), out double upper);
                    if (_bound >= upper)
                    {
                        return "buckets out of order";
                    }

                    if (value < _cumulative)
                    {
                        return "bucket values out of order";
                    }

                    _negativeBounds |= upper < 0;
                    _bound = upper;
                    _cumulative = value;
                    break;
                case "_count" or "_gcount":
                    _count = value;
                    break;
                case "_sum":
                    _hasSum = true;
                    break;
                case "_gsum":
                    _hasGaugeSum = true;
                    _negativeGaugeSum |= value < 0;
                    break;
                default:
                    break;
            }

            return null;
        }

        internal string? Finish() => _group switch
        {
            null => null,
            _ when _bound is not { } bound || !double.IsPositiveInfinity(bound) => "the +Inf bucket is missing",
            _ when _count is { } count && count != _cumulative => "the count differs from the +Inf bucket",
            _ when (_hasSum || _hasGaugeSum) && _count is null => "a sum without a count",
            _ when !_hasSum && !_hasGaugeSum && _count is not null => "a count without a sum",
            _ when _negativeBounds && _hasSum => "a sum with buckets below zero",
            _ when !_negativeBounds && _negativeGaugeSum => "a negative sum without buckets below zero",
            _ => null,
        };
    }
}
