using System.Collections;
using System.Diagnostics;
using System.Text;

namespace Pleiad.Model;

/// <summary>One label: a name and its value.</summary>
/// <param name="Name">Never empty.</param>
/// <param name="Value">Empty means the same as absent; a <see cref="Labels"/> never holds one.</param>
public readonly record struct Label(string Name, string Value);

/// <summary>
/// An immutable set of labels: what names a series. Sorted by name in the order of UTF-8 bytes, names unique,
/// values never empty (an empty value means that the label is absent).
/// </summary>
/// <remarks>The metric name is the label <see cref="LabelName.MetricName"/>.</remarks>
public sealed class Labels : IEquatable<Labels>, IComparable<Labels>, IEnumerable<Label>
{
    /// <summary>No labels at all.</summary>
    public static readonly Labels Empty = new([]);

    // name, value, name, value ... in order of names.
    private readonly string[] _pairs;
    private ulong _hash;
    private bool _hashed;

    private Labels(string[] pairs) => _pairs = pairs;

    /// <summary>How many labels there are.</summary>
    public int Count => _pairs.Length / 2;

    /// <summary>Bytes of its names and values in memory, whoever else shares them.</summary>
    public long Bytes
    {
        get
        {
            long chars = 0;
            foreach (string text in _pairs)
            {
                chars += text.Length;
            }

            return chars * sizeof(char);
        }
    }

    /// <summary>The label at a place in the order of names.</summary>
    public Label this[int index] => new(_pairs[2 * index], _pairs[(2 * index) + 1]);

    /// <summary>The name at a place in the order of names.</summary>
    public string NameAt(int index) => _pairs[2 * index];

    /// <summary>The value at a place in the order of names.</summary>
    public string ValueAt(int index) => _pairs[(2 * index) + 1];

    /// <summary>The metric name, or an empty string.</summary>
    public string MetricName => Get(LabelName.MetricName);

    /// <summary>The 64-bit hash of <see cref="LabelsHash"/>: the same in every process and version.</summary>
    public ulong Hash
    {
        get
        {
            if (!Volatile.Read(ref _hashed))
            {
                _hash = LabelsHash.Of(this);
                Volatile.Write(ref _hashed, true);
            }

            return _hash;
        }
    }

    /// <summary>The value of a label, or an empty string where it is absent.</summary>
    public string Get(string name) => TryGet(name, out string value) ? value : string.Empty;

    /// <summary>Whether the label is there, and its value.</summary>
    public bool TryGet(string name, out string value)
    {
        // Label sets are short: a scan that stops early beats a binary search.
        for (int i = 0; i < _pairs.Length; i += 2)
        {
            if (string.Equals(_pairs[i], name, StringComparison.Ordinal))
            {
                value = _pairs[i + 1];
                return true;
            }
        }

        value = string.Empty;
        return false;
    }

    /// <summary>Whether the label is there.</summary>
    public bool Has(string name) => TryGet(name, out _);

    /// <summary>Labels from pairs in any order.</summary>
    /// <exception cref="ArgumentException">A name occurs twice or is empty.</exception>
    public static Labels From(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var builder = new LabelsBuilder();
        foreach ((string name, string value) in pairs)
        {
            if (builder.Has(name))
            {
                throw new ArgumentException($"label name \"{name}\" is not unique", nameof(pairs));
            }

            builder.Set(name, value);
        }

        return builder.ToLabels();
    }

    /// <summary>Takes over an array of name, value, name, value… that is already sorted, unique and without empty values.</summary>
    /// <param name="pairs">Owned by the result from here on.</param>
    public static Labels FromSortedPairs(string[] pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs.Length == 0)
        {
            return Empty;
        }

        Debug.Assert(pairs.Length % 2 == 0, "names and values come in pairs");
        for (int i = 2; i < pairs.Length; i += 2)
        {
            Debug.Assert(Utf8Order.Compare(pairs[i - 2], pairs[i]) < 0, "names are sorted and unique");
        }

        return new Labels(pairs);
    }

    /// <summary>These labels without some names.</summary>
    public Labels Without(params ReadOnlySpan<string> names)
    {
        var builder = new LabelsBuilder(this);
        foreach (string name in names)
        {
            builder.Remove(name);
        }

        return builder.ToLabels();
    }

    /// <summary>Only the labels with these names.</summary>
    public Labels Only(params ReadOnlySpan<string> names)
    {
        var kept = new List<string>(names.Length * 2);
        for (int i = 0; i < _pairs.Length; i += 2)
        {
            if (names.Contains(_pairs[i]))
            {
                kept.Add(_pairs[i]);
                kept.Add(_pairs[i + 1]);
            }
        }

        return kept.Count == _pairs.Length ? this : FromSortedPairs([.. kept]);
    }

    /// <inheritdoc/>
    public bool Equals(Labels? other) =>
        other is not null
        && (ReferenceEquals(this, other)
            || (_pairs.Length == other._pairs.Length && _pairs.AsSpan().SequenceEqual(other._pairs)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(Hash ^ (Hash >> 32));

    /// <summary>Compares name by name and value by value in the order of UTF-8 bytes; a prefix comes first.</summary>
    public int CompareTo(Labels? other)
    {
        if (other is null)
        {
            return 1;
        }

        int shared = Math.Min(_pairs.Length, other._pairs.Length);
        for (int i = 0; i < shared; i++)
        {
            int order = Utf8Order.Compare(_pairs[i], other._pairs[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return _pairs.Length.CompareTo(other._pairs.Length);
    }

    /// <summary>The labels in order of names, without allocation.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<Label> IEnumerable<Label>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The text form <c>{a="b", c="d"}</c> with the metric name among the labels, values quoted and escaped.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("{");
        for (int i = 0; i < Count; i++)
        {
            if (i > 0)
            {
                text.Append(", ");
            }

            string name = NameAt(i);
            if (LabelName.IsLegacy(name))
            {
                text.Append(name);
            }
            else
            {
                QuotedText.Append(text, name);
            }

            text.Append('=');
            QuotedText.Append(text, ValueAt(i));
        }

        return text.Append('}').ToString();
    }

    /// <summary>Walks the labels in order of names.</summary>
    public struct Enumerator : IEnumerator<Label>
    {
        private readonly Labels _labels;
        private int _index;

        internal Enumerator(Labels labels)
        {
            _labels = labels;
            _index = -1;
        }

        /// <inheritdoc/>
        public readonly Label Current => _labels[_index];

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext() => ++_index < _labels.Count;

        /// <inheritdoc/>
        public void Reset() => _index = -1;

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }
}
