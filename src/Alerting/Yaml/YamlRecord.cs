using System.Globalization;
using Pleiad.Model;
using Pleiad.Yaml;

namespace Pleiad.Alerting;

/// <summary>A mapping with known keys. What does not fit is noted, and reads as if it were absent.</summary>
/// <remarks>The words are those of Go's YAML decoder, which promtool's users know.</remarks>
internal sealed class YamlRecord
{
    private const string MergeKey = "<<";

    private readonly YamlMisfits _misfits;
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    private YamlRecord(YamlNode node, YamlMisfits misfits)
    {
        At = node;
        _misfits = misfits;
    }

    /// <summary>Where it stands.</summary>
    public YamlNode At { get; }

    /// <summary>Reads a mapping; an empty one where the node is null or something else.</summary>
    /// <param name="typeName">How errors name it.</param>
    /// <param name="keys">The keys it may have.</param>
    public static YamlRecord Of(YamlNode node, string typeName, string[] keys, YamlMisfits misfits)
    {
        var record = new YamlRecord(node, misfits);
        if (node is YamlMapping mapping)
        {
            record.Take(mapping, typeName, keys);
        }
        else if (!node.IsNull)
        {
            misfits.Add(node, typeName);
        }

        return record;
    }

    /// <summary>The value of a key; null where it is absent or null.</summary>
    public YamlNode? Node(string key) => _values.TryGetValue(key, out YamlNode? value) && !value.IsNull ? value : null;

    /// <summary>Where a key's value stands; where the record stands if it is absent.</summary>
    public YamlNode PlaceOf(string key) => _values.GetValueOrDefault(key, At);

    /// <summary>A text; empty where absent. Numbers and truth values are texts too.</summary>
    public string Text(string key) => Node(key) is { } node ? _misfits.Text(node) : string.Empty;

    /// <summary>A span of time; null where absent.</summary>
    public TimeSpan? Duration(string key)
    {
        if (Node(key) is not { } node)
        {
            return null;
        }

        string text = _misfits.Text(node);
        try
        {
            return PrometheusDuration.Parse(text);
        }
        catch (FormatException e)
        {
            _misfits.Add(node.Line, e.Message);
            return null;
        }
    }

    /// <summary>A whole number; zero where absent.</summary>
    public int Whole(string key)
    {
        if (Node(key) is not { } node)
        {
            return 0;
        }

        if (node is YamlScalar { Kind: YamlScalarKind.Int } scalar
            && YamlScalars.TryInteger(scalar.Text, out Int128 value) && value >= int.MinValue && value <= int.MaxValue)
        {
            return (int)value;
        }

        _misfits.Add(node, "int");
        return 0;
    }

    /// <summary>A number; zero where absent.</summary>
    public double Number(string key)
    {
        if (Node(key) is not { } node)
        {
            return 0;
        }

        if (node is YamlScalar { Kind: YamlScalarKind.Int or YamlScalarKind.Float } scalar)
        {
            if (YamlScalars.TryInteger(scalar.Text, out Int128 whole))
            {
                return (double)whole;
            }

            if (YamlScalars.TryFloat(scalar.Text, out double value))
            {
                return value;
            }
        }

        _misfits.Add(node, "float64");
        return 0;
    }

    /// <summary>A truth value; false where absent.</summary>
    public bool Flag(string key)
    {
        if (Node(key) is not { } node)
        {
            return false;
        }

        if (node is YamlScalar { Kind: YamlScalarKind.Bool } scalar && YamlScalars.TryBool(scalar.Text, out bool value))
        {
            return value;
        }

        _misfits.Add(node, "bool");
        return false;
    }

    /// <summary>A list; empty where absent.</summary>
    /// <param name="typeName">How errors name it.</param>
    public IReadOnlyList<YamlNode> List(string key, string typeName)
    {
        switch (Node(key))
        {
            case null:
                return [];
            case YamlSequence sequence:
                return sequence.Items;
            case { } other:
                _misfits.Add(other, typeName);
                return [];
        }
    }

    /// <summary>Texts by name, in the order of names; null where absent.</summary>
    public IReadOnlyList<Label>? Texts(string key)
    {
        switch (Node(key))
        {
            case null:
                return null;
            case YamlMapping mapping:
                var texts = new SortedDictionary<string, string>(Utf8Order.Comparer);
                foreach ((YamlScalar name, YamlNode value) in mapping.Entries)
                {
                    if (name.Text != MergeKey && !texts.TryAdd(name.Text, value.IsNull ? string.Empty : _misfits.Text(value)))
                    {
                        _misfits.Add(name.Line, $"mapping key {QuotedText.Of(name.Text)} already defined");
                    }
                }

                foreach ((YamlScalar name, YamlNode value) in Merged(mapping))
                {
                    texts.TryAdd(name.Text, value.IsNull ? string.Empty : _misfits.Text(value));
                }

                return [.. texts.Select(text => new Label(text.Key, text.Value))];
            case { } other:
                _misfits.Add(other, "map[string]string");
                return null;
        }
    }

    private void Take(YamlMapping mapping, string typeName, string[] keys)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((YamlScalar name, YamlNode value) in mapping.Entries)
        {
            if (name.Text == MergeKey)
            {
                continue;
            }

            if (!lines.TryAdd(name.Text, name.Line))
            {
                _misfits.Add(name.Line, string.Create(
                    CultureInfo.InvariantCulture, $"mapping key {QuotedText.Of(name.Text)} already defined at line {lines[name.Text]}"));
                continue;
            }

            TakeOne(name, value, typeName, keys);
        }

        // What is written out wins over what is merged, earlier merged mappings over later ones (YAML 1.1, "Merge Key").
        foreach ((YamlScalar name, YamlNode value) in Merged(mapping))
        {
            if (lines.TryAdd(name.Text, name.Line))
            {
                TakeOne(name, value, typeName, keys);
            }
        }
    }

    private void TakeOne(YamlScalar name, YamlNode value, string typeName, string[] keys)
    {
        if (keys.Contains(name.Text))
        {
            _values.Add(name.Text, value);
        }
        else
        {
            _misfits.Unknown(name, typeName);
        }
    }

    private IEnumerable<(YamlScalar Key, YamlNode Value)> Merged(YamlMapping mapping)
    {
        foreach ((YamlScalar name, YamlNode value) in mapping.Entries)
        {
            if (name.Text != MergeKey)
            {
                continue;
            }

            foreach (YamlNode source in value is YamlSequence sequence ? sequence.Items : [value])
            {
                if (source is YamlMapping from)
                {
                    foreach ((YamlScalar, YamlNode) entry in from.Entries.Where(entry => entry.Key.Text != MergeKey).Concat(Merged(from)))
                    {
                        yield return entry;
                    }
                }
                else
                {
                    _misfits.Add(source.Line, "map merge requires map or sequence of maps as the value");
                }
            }
        }
    }
}
