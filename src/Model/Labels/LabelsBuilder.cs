namespace Pleiad.Model;

/// <summary>Builds <see cref="Labels"/>: start from some, set and remove, then <see cref="ToLabels"/>. Reusable; not thread-safe.</summary>
public sealed class LabelsBuilder
{
    // Kept sorted by name; label sets are short, so insertion is cheap.
    private readonly List<Label> _labels = [];
    private Labels _base;
    private bool _changed;

    /// <summary>An empty builder.</summary>
    public LabelsBuilder() => _base = Labels.Empty;

    /// <summary>A builder that starts from given labels.</summary>
    public LabelsBuilder(Labels labels)
    {
        _base = labels;
        Reset(labels);
    }

    /// <summary>How many labels there are now.</summary>
    public int Count => _labels.Count;

    /// <summary>The label at a place in the order of names.</summary>
    public Label this[int index] => _labels[index];

    /// <summary>Starts over from given labels.</summary>
    public LabelsBuilder Reset(Labels labels)
    {
        _base = labels;
        _changed = false;
        _labels.Clear();
        foreach (Label label in labels)
        {
            _labels.Add(label);
        }

        return this;
    }

    /// <summary>Starts over from nothing.</summary>
    public LabelsBuilder Clear() => Reset(Labels.Empty);

    /// <summary>The value of a label, or an empty string where it is absent.</summary>
    public string Get(string name)
    {
        int at = Find(name);
        return at >= 0 ? _labels[at].Value : string.Empty;
    }

    /// <summary>Whether the label is there.</summary>
    public bool Has(string name) => Find(name) >= 0;

    /// <summary>Sets a label; an empty value removes it.</summary>
    public LabelsBuilder Set(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (value.Length == 0)
        {
            return Remove(name);
        }

        int at = Find(name);
        if (at >= 0)
        {
            if (_labels[at].Value != value)
            {
                _labels[at] = new Label(name, value);
                _changed = true;
            }
        }
        else
        {
            _labels.Insert(~at, new Label(name, value));
            _changed = true;
        }

        return this;
    }

    /// <summary>Sets a label that is not there yet; an empty value is none.</summary>
    /// <returns>False where it is there: nothing was changed.</returns>
    public bool TryAdd(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);

        // Most come in their order.
        int at = _labels.Count == 0 || Utf8Order.Compare(_labels[^1].Name, name) < 0 ? ~_labels.Count : Find(name);
        if (at >= 0)
        {
            return false;
        }

        if (value.Length > 0)
        {
            _labels.Insert(~at, new Label(name, value));
            _changed = true;
        }

        return true;
    }

    /// <summary>Removes a label, if it is there.</summary>
    public LabelsBuilder Remove(string name)
    {
        int at = Find(name);
        if (at >= 0)
        {
            _labels.RemoveAt(at);
            _changed = true;
        }

        return this;
    }

    /// <summary>Keeps only the labels for which the condition holds.</summary>
    public LabelsBuilder RemoveAll(Predicate<Label> gone)
    {
        _changed |= _labels.RemoveAll(gone) > 0;
        return this;
    }

    /// <summary>The labels as they are now; the very labels it started from where nothing changed.</summary>
    public Labels ToLabels()
    {
        if (!_changed)
        {
            return _base;
        }

        var pairs = new string[_labels.Count * 2];
        for (int i = 0; i < _labels.Count; i++)
        {
            pairs[2 * i] = _labels[i].Name;
            pairs[(2 * i) + 1] = _labels[i].Value;
        }

        return Labels.FromSortedPairs(pairs);
    }

    private int Find(string name)
    {
        int low = 0;
        int high = _labels.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = Utf8Order.Compare(_labels[middle].Name, name);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }
}
