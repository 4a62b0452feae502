using System.Diagnostics;

namespace Pleiad.Scraping;

/// <summary>A section of the configuration, read and checked: the value of every key, defaults filled in. Immutable once the file is loaded.</summary>
public sealed class ConfigSection
{
    private readonly object?[] _values;
    private readonly int[] _lines;
    private readonly string _file;

    internal ConfigSection(ConfigShape shape, string file, int line, string path)
    {
        Shape = shape;
        Line = line;
        Path = path;
        _file = file;
        _lines = new int[shape.Fields.Length];
        _values = new object?[shape.Fields.Length];
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] = shape.Fields[i].Default ?? shape.Fields[i].Kind.Zero;
        }
    }

    internal ConfigShape Shape { get; }

    /// <summary>The line the section begins on; 0 for one that is not in the file.</summary>
    public int Line { get; }

    /// <summary>Where it stands: <c>scrape_configs[0].tls_config</c>.</summary>
    public string Path { get; }

    /// <summary>Whether the file sets this key.</summary>
    public bool IsSet(string key) => _lines[PlaceOf(key)] > 0;

    /// <summary>A text; empty where absent.</summary>
    public string Text(string key) => (string)_values[PlaceOf(key)]!;

    /// <summary>A boolean.</summary>
    public bool Flag(string key) => (bool)_values[PlaceOf(key)]!;

    /// <summary>A boolean that may be left open.</summary>
    public bool? FlagOrOpen(string key) => (bool?)_values[PlaceOf(key)];

    /// <summary>A whole number; sizes in bytes.</summary>
    public long Number(string key) => (long)_values[PlaceOf(key)]!;

    /// <summary>A number.</summary>
    public double Real(string key) => (double)_values[PlaceOf(key)]!;

    /// <summary>A span of time; zero where absent.</summary>
    public TimeSpan Duration(string key) => (TimeSpan)_values[PlaceOf(key)]!;

    /// <summary>A secret; <see cref="Secret.None"/> where absent.</summary>
    public Secret Secret(string key) => (Secret)_values[PlaceOf(key)]!;

    /// <summary>A list of texts; empty where absent.</summary>
    public IReadOnlyList<string> Texts(string key) => [.. List(key).Cast<string>()];

    /// <summary>A subsection; null where absent.</summary>
    public ConfigSection? Section(string key) => (ConfigSection?)_values[PlaceOf(key)];

    /// <summary>A list of subsections; empty where absent.</summary>
    public IReadOnlyList<ConfigSection> Sections(string key) => [.. List(key).Cast<ConfigSection>()];

    /// <summary>Texts by name; empty where absent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> TextsByName(string key) =>
        [.. Map(key).Select(entry => KeyValuePair.Create(entry.Key, (string)entry.Value!))];

    internal IReadOnlyList<object?> List(string key) => (IReadOnlyList<object?>)_values[PlaceOf(key)]!;

    internal IReadOnlyList<KeyValuePair<string, object?>> Map(string key) => (IReadOnlyList<KeyValuePair<string, object?>>)_values[PlaceOf(key)]!;

    internal bool IsZero(string key) => ZeroAt(PlaceOf(key));

    internal bool IsAllZero => Enumerable.Range(0, _values.Length).All(ZeroAt);

    internal object? ValueAt(int place) => _values[place];

    /// <summary>Sets what another section decides; while loading only.</summary>
    internal void Set(string key, object? value) => _values[PlaceOf(key)] = value;

    internal void SetAt(int place, object? value, int line) => (_values[place], _lines[place]) = (value, line);

    internal string KeyPath(string key) => Path.Length == 0 ? key : Path + "." + key;

    /// <summary>The refusal of this section, at one of its keys where one is to blame.</summary>
    internal ConfigException Fail(string problem, string key = "")
    {
        int place = key.Length == 0 ? -1 : Shape.PlaceOf(key);
        int line = place >= 0 && _lines[place] > 0 ? _lines[place] : Line;
        return new ConfigException(_file, line, key.Length == 0 ? Path : KeyPath(key), problem);
    }

    private bool ZeroAt(int place) => Shape.Fields[place].Kind.IsZero(_values[place]);

    private int PlaceOf(string key)
    {
        int place = Shape.PlaceOf(key);
        Debug.Assert(place >= 0, $"{Shape.TypeName} has no key {key}");
        return place;
    }
}
