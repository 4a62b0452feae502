using System.Globalization;

namespace Pleiad.Node;

/// <summary>What a value is.</summary>
internal enum HoconKind
{
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// <summary>A value after all substitutions were resolved.</summary>
internal abstract class HoconValue(HoconKind kind, HoconOrigin origin)
{
    public HoconKind Kind { get; } = kind;

    /// <summary>Where it was written.</summary>
    public HoconOrigin Origin { get; } = origin;

    /// <summary>The value at a path; null where there is none.</summary>
    public HoconValue? Find(params ReadOnlySpan<string> path)
    {
        HoconValue? at = this;
        foreach (string key in path)
        {
            at = (at as HoconObject)?.Get(key);
        }

        return at;
    }

    /// <summary>The elements where an array is asked for: those of an array, or of an object with whole numbers as keys, in their order.</summary>
    public IReadOnlyList<HoconValue>? AsArray() => this switch
    {
        HoconArray array => array.Elements,
        HoconObject { Keys.Count: > 0 } numbered when numbered.Keys.Any(IsIndex) =>
            [.. numbered.Keys.Where(IsIndex).OrderBy(k => int.Parse(k, CultureInfo.InvariantCulture)).Select(k => numbered.Get(k)!)],
        _ => null,
    };

    private static bool IsIndex(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}

/// <summary>A string, number, boolean or null; <paramref name="text"/> is the string or the source text.</summary>
internal sealed class HoconScalar(HoconKind kind, string text, HoconOrigin origin) : HoconValue(kind, origin)
{
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>An array.</summary>
internal sealed class HoconArray(IReadOnlyList<HoconValue> elements, HoconOrigin origin) : HoconValue(HoconKind.Array, origin)
{
    public IReadOnlyList<HoconValue> Elements { get; } = elements;
}

/// <summary>An object.</summary>
internal sealed class HoconObject(HoconOrigin origin) : HoconValue(HoconKind.Object, origin)
{
    private readonly Dictionary<string, HoconValue> _fields = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Keys => _fields.Keys;

    public HoconValue? Get(string key) => _fields.GetValueOrDefault(key);

    public void Set(string key, HoconValue value) => _fields[key] = value;
}
