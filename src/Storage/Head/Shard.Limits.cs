using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>Which new series are taken. What is there already, in the head or after a start, is never refused.</content>
public sealed partial class Shard
{
    private const string InstanceLabel = "instance";

    // Room for so many is kept from one batch to the next; the first pages of all targets bring thousands.
    private const int AwaitedKept = 512;

    // Series made and not yet applied, which no postings have; and how many of them each metric and each target has.
    private readonly HashSet<int> _awaited = [];
    private readonly Dictionary<int, int> _awaitedOfPair = [];

    // Of the batch that is being prepared: asking all other shards for each new series would cost as many look-ups as there are shards.
    private readonly Dictionary<string, long> _elsewhereOfMetric = new(StringComparer.Ordinal);

    /// <summary>Whether series that are not there yet are taken at all: not while the node is short of memory.</summary>
    public bool TakesNewSeries { get; set; } = true;

    /// <summary>The other shards of the node; null where there are none that count.</summary>
    public ISeriesOfNode? Neighbours { get; set; }

    /// <summary>One of the series that were refused last, and why not; for people.</summary>
    public (Labels Series, string Reason)? RefusedLast { get; private set; }

    /// <summary>From any thread: series of a metric whose first sample is applied.</summary>
    public int SeriesOfMetric(string metric) => _index.FindPair(LabelName.MetricName, metric) is >= 0 and int pair ? _index.Pairs.SlotCountOf(pair) : 0;

    private int AddSeries(Labels labels)
    {
        int verdict = !IsStorable(labels) ? NotValid : JudgeNew(labels);
        if (verdict < 0)
        {
            return verdict;
        }

        int number = _table.Add(labels);
        _awaited.Add(number);
        foreach (int pair in CountedPairsOf(number))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_awaitedOfPair, pair, out _)++;
        }

        return number;
    }

    private int JudgeNew(Labels labels)
    {
        SeriesLimits limits = _settings.Series;
        if (!TakesNewSeries)
        {
            return Refuse(labels, NoMemory, "the node is short of memory");
        }

        if (_table.Count >= _settings.SeriesMax)
        {
            return Refuse(labels, OverLimit, $"the shard has {_settings.SeriesMax} series, as many as it may");
        }

        long all = Neighbours?.SeriesCount ?? _table.Count;
        if (all >= limits.OfNodeMax)
        {
            return Refuse(labels, OverNode, $"the node has {limits.OfNodeMax} series, as many as it may");
        }

        // No target and no metric has more series than the node: most of the time nothing has to be looked up.
        string instance = all < limits.OfTargetMax ? "" : labels.Get(InstanceLabel);
        if (instance.Length > 0 && HeldOf(InstanceLabel, instance) >= limits.OfTargetMax)
        {
            return Refuse(labels, OverTarget, $"the target has {limits.OfTargetMax} series, as many as it may");
        }

        string metric = all < limits.OfMetricMax ? "" : labels.MetricName;
        return metric.Length > 0 && HeldOf(LabelName.MetricName, metric) + ElsewhereOf(metric) >= limits.OfMetricMax
            ? Refuse(labels, OverMetric, $"the metric has {limits.OfMetricMax} series, as many as it may")
            : 0;
    }

    // What other shards apply meanwhile is seen by the next batch, as what they have under way is.
    private long ElsewhereOf(string metric)
    {
        if (Neighbours is null)
        {
            return 0;
        }

        ref long count = ref CollectionsMarshal.GetValueRefOrAddDefault(_elsewhereOfMetric, metric, out bool isKnown);
        return isKnown ? count : count = Neighbours.SeriesOfMetric(metric, Id);
    }

    private int Refuse(Labels labels, int verdict, string reason)
    {
        RefusedLast = (labels, reason);
        return verdict;
    }

    private long HeldOf(string name, string value)
    {
        int pair = _index.FindPair(name, value);
        return pair < 0 ? 0 : _index.Pairs.SlotCountOf(pair) + _awaitedOfPair.GetValueOrDefault(pair);
    }

    // They have postings now, or are gone.
    private void ForgetAwaited(ReadOnlySpan<int> slots)
    {
        if (_awaited.Count == 0)
        {
            return;
        }

        foreach (int number in slots)
        {
            if (!_awaited.Remove(number))
            {
                continue;
            }

            foreach (int pair in CountedPairsOf(number))
            {
                ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_awaitedOfPair, pair);
                if (--count == 0)
                {
                    _awaitedOfPair.Remove(pair);
                }
            }
        }

        if (_awaited.Count == 0 && _awaited.Capacity > AwaitedKept)
        {
            _awaited.TrimExcess();
            _awaitedOfPair.TrimExcess();
        }
    }

    private CountedPairs CountedPairsOf(int number)
    {
        int metric = -1;
        int instance = -1;
        foreach (int pair in _table.PairsOf(_table[number]))
        {
            string name = _index.Pairs[pair].Name.Name;
            metric = name == LabelName.MetricName ? pair : metric;
            instance = name == InstanceLabel ? pair : instance;
        }

        return new CountedPairs(metric, instance);
    }

    /// <summary>Those pairs of a series that have limits; -1 for none.</summary>
    private readonly ref struct CountedPairs(int metric, int instance)
    {
        public Enumerator GetEnumerator() => new(metric, instance);

        public ref struct Enumerator(int metric, int instance)
        {
            private int _at;

            public int Current { get; private set; }

            public bool MoveNext()
            {
                while (_at < 2)
                {
                    Current = _at++ == 0 ? metric : instance;
                    if (Current >= 0)
                    {
                        return true;
                    }
                }

                return false;
            }
        }
    }
}
