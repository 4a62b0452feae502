namespace Pleiad.Scraping;

/// <summary>The reading of one file: collects what does not fit its place, so that a user sees all of it at once.</summary>
internal sealed class ConfigBinder(string file, string directory, ConfigReport report)
{
    // Beyond this many nobody reads on.
    private const int MisfitsMax = 100;

    private readonly List<string> _misfits = [];
    private int _firstLine;
    private string _firstKey = string.Empty;
    private int _silence;

    public string File { get; } = file;

    /// <summary>How many values did not fit so far.</summary>
    public int MisfitCount => _misfits.Count;

    /// <summary>A relative path as seen from the directory of the file; it is not opened.</summary>
    public string Resolve(string path) => LexicalPath.Join(directory, path);

    /// <summary>Notes a value that does not fit its place.</summary>
    public void Misfit(int line, string key, string what)
    {
        if (_misfits.Count == 0)
        {
            (_firstLine, _firstKey) = (line, key);
        }

        if (_misfits.Count < MisfitsMax)
        {
            _misfits.Add($"  line {line}: {what}");
        }
    }

    /// <summary>Notes that a node is of the wrong type.</summary>
    public void Misfit(YamlNode node, string key, string typeName)
    {
        string value = node is YamlScalar scalar ? $" `{Shorten(scalar.Text)}`" : string.Empty;
        Misfit(node.Line, key, $"cannot unmarshal {node.Tag}{value} into {typeName}");
    }

    /// <summary>Ends the reading at once.</summary>
    public ConfigException Refuse(int line, string key, string problem) => new(File, line, key, problem);

    /// <summary>Throws if anything did not fit.</summary>
    public void ThrowOnMisfits()
    {
        if (_misfits.Count > 0)
        {
            throw new ConfigException(File, _firstLine, _firstKey, "yaml: unmarshal errors:\n" + string.Join('\n', _misfits));
        }
    }

    /// <summary>Notes in the report what becomes of a key.</summary>
    public void Note(int line, string key, (KeyUse Use, string Reason)? caveat)
    {
        if (_silence == 0)
        {
            report.Add(new ConfigNote(File, line, key, caveat?.Use ?? KeyUse.Used, caveat?.Reason ?? string.Empty));
        }
    }

    /// <summary>Reads what lies below a key that has no effect: one note about it is enough.</summary>
    public T Silently<T>(bool silently, Func<T> read)
    {
        _silence += silently ? 1 : 0;
        try
        {
            return read();
        }
        finally
        {
            _silence -= silently ? 1 : 0;
        }
    }

    private static string Shorten(string text) => text.Length > 10 ? text[..7] + "..." : text;
}
