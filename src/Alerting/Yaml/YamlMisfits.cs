using System.Globalization;
using Pleiad.Yaml;

namespace Pleiad.Alerting;

/// <summary>What in a file does not fit its place; collected, so that a user sees all of it at once.</summary>
/// <param name="ignoreUnknown">Whether keys that nobody knows are passed over.</param>
internal sealed class YamlMisfits(bool ignoreUnknown)
{
    // Beyond this many nobody reads on.
    private const int ShownMax = 100;
    private const int TextShownMax = 10;

    private readonly List<string> _texts = [];
    private int _firstLine;

    /// <summary>The line of the first; 0 where there is none.</summary>
    public int FirstLine => _firstLine;

    /// <summary>All of them as one text; null where everything fits.</summary>
    public string? Text() => _texts.Count == 0 ? null : "yaml: unmarshal errors:\n" + string.Join('\n', _texts);

    /// <summary>Notes that a key is not known.</summary>
    public void Unknown(YamlScalar key, string typeName)
    {
        if (!ignoreUnknown)
        {
            Add(key.Line, $"field {key.Text} not found in type {typeName}");
        }
    }

    /// <summary>Notes that a node is of the wrong type.</summary>
    public void Add(YamlNode node, string typeName)
    {
        string value = node is not YamlScalar scalar ? string.Empty
            : scalar.Text.Length > TextShownMax ? $" `{scalar.Text[..(TextShownMax - 3)]}...`"
            : $" `{scalar.Text}`";
        Add(node.Line, $"cannot unmarshal {node.Tag}{value} into {typeName}");
    }

    /// <summary>Notes a problem in words.</summary>
    public void Add(int line, string problem)
    {
        if (_texts.Count == 0)
        {
            _firstLine = line;
        }

        if (_texts.Count < ShownMax)
        {
            _texts.Add(string.Create(CultureInfo.InvariantCulture, $"  line {line}: {problem}"));
        }
    }

    /// <summary>The text of a scalar; empty where the node is none.</summary>
    public string Text(YamlNode node)
    {
        if (node is YamlScalar scalar)
        {
            return scalar.Text;
        }

        Add(node, "string");
        return string.Empty;
    }
}
