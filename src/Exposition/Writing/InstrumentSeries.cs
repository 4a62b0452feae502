using System.Diagnostics.Metrics;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>One instrument's values by their tags. Any thread may record; a set of tags seen before costs no allocation.</summary>
internal sealed class InstrumentSeries
{
    /// <summary>Sets of tags one instrument may have; what comes beyond goes into one series with the label <c>overflow</c>.</summary>
    internal const int TagSetsMax = 2000;

    // Seconds; Prometheus's defaults, and longer ones for what a database does.
    private static readonly double[] BoundsAtFirst =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Dictionary<int, Cell> _cells = [];
    private readonly double[] _bounds;
    private readonly Kind _kind;
    private readonly bool _isObserved;
    private Cell? _overflow;
    private int _count;

    internal InstrumentSeries(Instrument instrument)
    {
        _kind = KindOf(instrument);
        _isObserved = instrument.IsObservable;
        _bounds = _kind == Kind.Histogram ? BoundsOf(instrument) : [];
        Type = _kind switch
        {
            Kind.Sum or Kind.ObservedSum => MetricType.Counter,
            Kind.Histogram => MetricType.Histogram,
            _ => MetricType.Gauge,
        };
        Family = FamilyOf(instrument, Type);
        Help = instrument.Description ?? string.Empty;
    }

    private enum Kind
    {
        Sum,
        UpDown,
        Value,
        ObservedSum,
        Histogram,
    }

    /// <summary>Without the suffix of counters.</summary>
    internal string Family { get; }

    internal string Help { get; }

    internal MetricType Type { get; }

    internal void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_cells)
        {
            CellOf(tags).Record(value, _kind, _bounds);
        }
    }

    /// <summary>Forgets observed values, so that what is no longer observed is no longer told. What was said stays until something else is.</summary>
    internal void ForgetObserved()
    {
        if (_isObserved)
        {
            lock (_cells)
            {
                foreach (Cell first in _cells.Values)
                {
                    for (Cell? cell = first; cell is not null; cell = cell.Next)
                    {
                        cell.IsFresh = false;
                    }
                }
            }
        }
    }

    /// <summary>Writes the family.</summary>
    internal void Write(PageWriter writer, bool openMetrics)
    {
        lock (_cells)
        {
            if (_count == 0)
            {
                return;
            }

            string sampleName = Type == MetricType.Counter ? Family + "_total" : Family;
            string family = openMetrics ? Family : sampleName;
            if (Help.Length > 0)
            {
                writer.Help(family, Help);
            }

            writer.Type(family, Type);
            foreach (Cell first in _cells.Values)
            {
                for (Cell? cell = first; cell is not null; cell = cell.Next)
                {
                    if (cell.IsFresh)
                    {
                        cell.Write(writer, sampleName, _kind, _bounds);
                    }
                }
            }

            _overflow?.Write(writer, sampleName, _kind, _bounds);
        }
    }

    private static Kind KindOf(Instrument instrument)
    {
        Type type = instrument.GetType();
        Type generic = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return generic == typeof(Counter<>) ? Kind.Sum
            : generic == typeof(UpDownCounter<>) ? Kind.UpDown
            : generic == typeof(Histogram<>) ? Kind.Histogram
            : generic == typeof(ObservableCounter<>) ? Kind.ObservedSum
            : Kind.Value;
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => BoundsAtFirst,
    };

    // "dotnet.process.cpu.time" in "s" becomes dotnet_process_cpu_time_seconds; a unit in braces says what is counted, not in what.
    private static string FamilyOf(Instrument instrument, MetricType type)
    {
        string name = Legal(instrument.Name, ':');
        string unit = instrument.Unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "1" => "ratio",
            _ => string.Empty,
        };
        if (type == MetricType.Counter && name.EndsWith("_total", StringComparison.Ordinal))
        {
            name = name[..^"_total".Length];
        }

        // In a page "_count" belongs to histograms and summaries.
        if (type == MetricType.Gauge && name.EndsWith("_count", StringComparison.Ordinal))
        {
            name = name[..^"_count".Length] + "_current";
        }

        return unit.Length == 0 || name.EndsWith("_" + unit, StringComparison.Ordinal) ? name : $"{name}_{unit}";
    }

    private static string Legal(string name, char alsoLegal) => string.Create(name.Length, (name, alsoLegal), static (into, from) =>
    {
        for (int i = 0; i < into.Length; i++)
        {
            char c = from.name[i];
            into[i] = char.IsAsciiLetter(c) || c == from.alsoLegal || (i > 0 && char.IsAsciiDigit(c)) ? c : '_';
        }
    });

    private Cell CellOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hasher = default(HashCode);
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            hasher.Add(tag.Key, StringComparer.Ordinal);
            hasher.Add(tag.Value);
        }

        int hash = hasher.ToHashCode();
        _cells.TryGetValue(hash, out Cell? first);
        for (Cell? cell = first; cell is not null; cell = cell.Next)
        {
            if (cell.Has(tags))
            {
                return cell;
            }
        }

        if (_count >= TagSetsMax)
        {
            return _overflow ??= new Cell([new("overflow", "true")], _bounds.Length);
        }

        _count++;
        return _cells[hash] = new Cell(tags, _bounds.Length) { Next = first };
    }

    private sealed class Cell
    {
        private readonly KeyValuePair<string, object?>[] _tags;
        private readonly Label[] _labels;
        private readonly long[] _buckets;
        private double _value;
        private long _count;

        internal Cell(ReadOnlySpan<KeyValuePair<string, object?>> tags, int bounds)
        {
            _tags = tags.ToArray();
            _labels = [.. _tags.Select(tag => new Label(Legal(tag.Key, '_'), tag.Value?.ToString() ?? string.Empty)).Where(label => label.Value.Length > 0)
                .DistinctBy(label => label.Name).OrderBy(label => label.Name, StringComparer.Ordinal)];
            _buckets = bounds > 0 ? new long[bounds + 1] : [];
        }

        internal Cell? Next { get; init; }

        /// <summary>Whether there is a value to tell.</summary>
        internal bool IsFresh { get; set; }

        internal bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length != _tags.Length)
            {
                return false;
            }

            for (int i = 0; i < tags.Length; i++)
            {
                if (tags[i].Key != _tags[i].Key || !Equals(tags[i].Value, _tags[i].Value))
                {
                    return false;
                }
            }

            return true;
        }

        internal void Record(double value, Kind kind, double[] bounds)
        {
            IsFresh = true;
            switch (kind)
            {
                case Kind.Sum or Kind.UpDown:
                    _value += value;
                    break;
                case Kind.Histogram:
                    int at = Array.BinarySearch(bounds, value);
                    _buckets[at >= 0 ? at : ~at]++;
                    _count++;
                    _value += value;
                    break;
                default:
                    _value = value;
                    break;
            }
        }

        internal void Write(PageWriter writer, string name, Kind kind, double[] bounds)
        {
            if (kind != Kind.Histogram)
            {
                writer.Sample(name, _labels, _value);
                return;
            }

            Label[] labels = [.. _labels, default];
            Span<byte> text = stackalloc byte[40];
            long cumulative = 0;
            for (int i = 0; i < _buckets.Length; i++)
            {
                cumulative += _buckets[i];
                double bound = i < bounds.Length ? bounds[i] : double.PositiveInfinity;
                labels[^1] = new Label(LabelName.Bucket, System.Text.Encoding.ASCII.GetString(text[..FloatText.FormatCanonical(bound, text)]));
                writer.Sample(name + "_bucket", labels, cumulative);
            }

            writer.Sample(name + "_sum", _labels, _value);
            writer.Sample(name + "_count", _labels, _count);
        }
    }
}
