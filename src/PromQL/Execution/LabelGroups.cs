using System.Numerics;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>What a grouping over "all labels but some" does with <c>__name__</c>. Type and unit of the metric are labels like others here.</summary>
internal enum GroupMetadata
{
    /// <summary>Series of different metrics are different.</summary>
    Kept,

    /// <summary>The name does not count: the groups of an aggregation, the match groups of a join.</summary>
    NameLeftOut,
}

/// <summary>
/// Series that agree on a subset of their labels, as numbered groups: the groups of an aggregation, the match groups of a join.
/// A series is placed by hashing the label strings it has; labels of a group are built once, when the group is new.
/// </summary>
/// <param name="only">True: only <paramref name="names"/> count; false: all labels but them.</param>
/// <param name="names">Label names.</param>
/// <param name="metadata">With <paramref name="only"/> false: what to do with the metric's own labels.</param>
internal sealed class LabelGroups(bool only, IReadOnlyList<string> names, GroupMetadata metadata)
{
    private readonly string[] _names = [.. names.Distinct().Order(Utf8Order.Comparer)];
    private readonly List<Labels> _labels = [];
    private readonly List<int> _hashes = [];
    private readonly List<int> _sameBucket = [];
    private int[] _buckets = NewBuckets(64);
    private int _last = -1;

    /// <summary>Groups so far; they are numbered from 0.</summary>
    public int Count => _labels.Count;

    /// <summary>The labels a group agrees on.</summary>
    public Labels LabelsOf(int group) => _labels[group];

    /// <summary>The group of a series, a new one where it is the first.</summary>
    public int Place(SeriesBlock series) => Find(series, add: true);

    /// <summary>The group of a series, or -1.</summary>
    public int Find(SeriesBlock series) => Find(series, add: false);

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, -1);
        return buckets;
    }

    private int Find(SeriesBlock series, bool add)
    {
        if (_last >= 0 && only && _names.Length == 0)
        {
            return _last;
        }

        Labels labels = series.Labels;
        bool nameless = series.Name == NameFate.Dropped;

        // Series of one target come together, so often the group is that of the one before.
        if (_last >= 0 && only && AgreesOnly(labels, nameless, _labels[_last]))
        {
            return _last;
        }

        int hash = only ? HashOnly(labels, nameless) : HashRest(labels, nameless);
        for (int at = _buckets[hash & (_buckets.Length - 1)]; at >= 0; at = _sameBucket[at])
        {
            if (_hashes[at] == hash && (only ? AgreesOnly(labels, nameless, _labels[at]) : AgreesRest(labels, nameless, _labels[at])))
            {
                return _last = at;
            }
        }

        return add ? _last = Add(labels, nameless, hash) : -1;
    }

    private int Add(Labels labels, bool nameless, int hash)
    {
        if (_labels.Count >= _buckets.Length)
        {
            _buckets = NewBuckets(_buckets.Length * 2);
            for (int i = 0; i < _labels.Count; i++)
            {
                ref int head = ref _buckets[_hashes[i] & (_buckets.Length - 1)];
                _sameBucket[i] = head;
                head = i;
            }
        }

        var pairs = new List<string>(only ? 2 * _names.Length : 2 * labels.Count);
        for (int i = 0; i < labels.Count; i++)
        {
            if (Counts(labels.NameAt(i), nameless))
            {
                pairs.Add(labels.NameAt(i));
                pairs.Add(labels.ValueAt(i));
            }
        }

        int group = _labels.Count;
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _labels.Add(Labels.FromSortedPairs([.. pairs]));
        _hashes.Add(hash);
        _sameBucket.Add(bucket);
        bucket = group;
        return group;
    }

    private bool Counts(string name, bool nameless)
    {
        if (nameless && MetadataLabels.Is(name))
        {
            return false;
        }

        bool named = Array.IndexOf(_names, name) >= 0;
        return only ? named : !named && (metadata == GroupMetadata.Kept || name != LabelName.MetricName);
    }

    private int HashOnly(Labels labels, bool nameless)
    {
        uint hash = 17;
        foreach (string name in _names)
        {
            string value = nameless && MetadataLabels.Is(name) ? string.Empty : labels.Get(name);
            hash = Mix(hash, value);
        }

        return (int)hash;
    }

    private int HashRest(Labels labels, bool nameless)
    {
        uint hash = 17;
        for (int i = 0; i < labels.Count; i++)
        {
            string name = labels.NameAt(i);
            if (Counts(name, nameless))
            {
                hash = Mix(Mix(hash, name), labels.ValueAt(i));
            }
        }

        return (int)hash;
    }

    private static uint Mix(uint hash, string value) =>
        (BitOperations.RotateLeft(hash, 7) ^ (uint)value.GetHashCode(StringComparison.Ordinal)) * 0x9E3779B1;

    private bool AgreesOnly(Labels labels, bool nameless, Labels group)
    {
        foreach (string name in _names)
        {
            string value = nameless && MetadataLabels.Is(name) ? string.Empty : labels.Get(name);
            if (!string.Equals(value, group.Get(name), StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private bool AgreesRest(Labels labels, bool nameless, Labels group)
    {
        int at = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            string name = labels.NameAt(i);
            if (!Counts(name, nameless))
            {
                continue;
            }

            if (at >= group.Count
                || !string.Equals(group.NameAt(at), name, StringComparison.Ordinal)
                || !string.Equals(group.ValueAt(at), labels.ValueAt(i), StringComparison.Ordinal))
            {
                return false;
            }

            at++;
        }

        return at == group.Count;
    }
}
