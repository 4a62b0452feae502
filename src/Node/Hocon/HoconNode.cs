namespace Pleiad.Node;

/// <summary>A value as written, before substitutions are resolved.</summary>
internal abstract class HoconNode(HoconOrigin origin)
{
    /// <summary>Where it stands.</summary>
    public HoconOrigin Origin { get; } = origin;
}

/// <summary>A string, number, boolean or null.</summary>
/// <param name="kind">What it is.</param>
/// <param name="text">The string, or the source text.</param>
internal sealed class HoconScalarNode(HoconOrigin origin, HoconKind kind, string text) : HoconNode(origin)
{
    public HoconKind Kind { get; } = kind;

    public string Text { get; } = text;
}

/// <summary>An array.</summary>
internal sealed class HoconArrayNode(HoconOrigin origin, IReadOnlyList<HoconNode> elements) : HoconNode(origin)
{
    public IReadOnlyList<HoconNode> Elements { get; } = elements;
}

/// <summary>Where a file is included: what its substitutions are looked for first.</summary>
/// <param name="Path">Below the base.</param>
/// <param name="Parent">Where the including file is included; null for the document itself.</param>
internal sealed record HoconIncludePoint(IReadOnlyList<string> Path, HoconIncludePoint? Parent)
{
    /// <summary>The document itself.</summary>
    public static HoconIncludePoint Document => new([], null);

    /// <summary>What was included, where that lies in an array: no path of the document leads there.</summary>
    public HoconObjectNode? InArray { get; set; }

    /// <summary>Where <see cref="Path"/> begins; null for the root of the document.</summary>
    public HoconObjectNode? Base => InArray ?? Parent?.Base;
}

/// <summary>A substitution.</summary>
/// <param name="path">As written.</param>
/// <param name="optional">Whether it may be undefined.</param>
/// <param name="point">Where the file is included that it stands in: looked there first, then at the root.</param>
internal sealed class HoconSubstitutionNode(HoconOrigin origin, IReadOnlyList<string> path, bool optional, HoconIncludePoint point) : HoconNode(origin)
{
    public IReadOnlyList<string> Path { get; } = path;

    public bool Optional { get; } = optional;

    public HoconIncludePoint Point { get; } = point;
}

/// <summary>Values side by side: strings become one string, arrays one array, objects one object.</summary>
internal sealed class HoconConcatNode(HoconOrigin origin, IReadOnlyList<HoconNode> parts) : HoconNode(origin)
{
    public IReadOnlyList<HoconNode> Parts { get; } = parts;
}

/// <summary>An object. Every field keeps all values given to it, oldest first: later ones may refer to earlier ones.</summary>
internal sealed class HoconObjectNode(HoconOrigin origin) : HoconNode(origin)
{
    private readonly Dictionary<string, List<HoconNode>> _fields = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Keys in the order of first mention.</summary>
    public IReadOnlyList<string> Keys => _order;

    /// <summary>The values given to a key, oldest first; empty where there are none.</summary>
    public IReadOnlyList<HoconNode> ValuesOf(string key) => _fields.TryGetValue(key, out List<HoconNode>? values) ? values : [];

    /// <summary>Gives a value to a path below this object.</summary>
    public void Add(IReadOnlyList<string> path, HoconNode value)
    {
        HoconObjectNode at = this;
        for (int i = 0; i < path.Count - 1; i++)
        {
            List<HoconNode> values = at.FieldOf(path[i]);
            if (values.Count == 0 || values[^1] is not HoconObjectNode inner)
            {
                values.Add(inner = new HoconObjectNode(value.Origin));
            }

            at = inner;
        }

        at.Add(path[^1], value);
    }

    /// <summary>Takes over all fields of another object, as if they were written here.</summary>
    public void Merge(HoconObjectNode other)
    {
        foreach (string key in other.Keys)
        {
            foreach (HoconNode value in other.ValuesOf(key))
            {
                Add(key, value);
            }
        }
    }

    private void Add(string key, HoconNode value)
    {
        List<HoconNode> values = FieldOf(key);
        if (value is HoconScalarNode or HoconArrayNode { Elements: [] })
        {
            // Nothing given before can be seen any more.
            values.Clear();
        }

        values.Add(value);
    }

    private List<HoconNode> FieldOf(string key)
    {
        if (!_fields.TryGetValue(key, out List<HoconNode>? values))
        {
            _fields.Add(key, values = []);
            _order.Add(key);
        }

        return values;
    }
}

/// <summary>Spaces between two values: part of a string that they make, nothing between arrays or objects.</summary>
internal sealed class HoconSpaceNode(HoconOrigin origin, string text) : HoconNode(origin)
{
    public string Text { get; } = text;
}
