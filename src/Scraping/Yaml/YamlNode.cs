namespace Pleiad.Scraping;

/// <summary>A node of a YAML document with the line it stands on. An alias is the very node of its anchor.</summary>
internal abstract class YamlNode(int line, string tag)
{
    public int Line { get; } = line;

    /// <summary>The tag as resolved by the YAML core schema, <c>!!str</c> for example; used in error messages.</summary>
    public string Tag { get; } = tag;

    /// <summary>Nodes in here, this one included, aliases counted as what they stand for.</summary>
    public int NodeCount { get; protected init; } = 1;

    /// <summary>Levels of nesting, 1 for a scalar.</summary>
    public int Height { get; protected init; } = 1;

    /// <summary>Whether the value is absent: nothing, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => this is YamlScalar { Kind: YamlScalarKind.Null };
}

/// <summary>What a scalar without an explicit tag means.</summary>
internal enum YamlScalarKind
{
    Null,
    Bool,
    Int,
    Float,
    Text,
}

internal sealed class YamlScalar(int line, string text, YamlScalarKind kind) : YamlNode(line, TagOf(kind))
{
    public string Text { get; } = text;

    public YamlScalarKind Kind { get; } = kind;

    private static string TagOf(YamlScalarKind kind) => kind switch
    {
        YamlScalarKind.Null => "!!null",
        YamlScalarKind.Bool => "!!bool",
        YamlScalarKind.Int => "!!int",
        YamlScalarKind.Float => "!!float",
        _ => "!!str",
    };
}

internal sealed class YamlSequence : YamlNode
{
    public YamlSequence(int line, IReadOnlyList<YamlNode> items)
        : base(line, "!!seq")
    {
        Items = items;
        NodeCount = 1 + items.Sum(item => item.NodeCount);
        Height = 1 + items.Select(item => item.Height).DefaultIfEmpty(0).Max();
    }

    public IReadOnlyList<YamlNode> Items { get; }
}

internal sealed class YamlMapping : YamlNode
{
    public YamlMapping(int line, IReadOnlyList<(YamlScalar Key, YamlNode Value)> entries)
        : base(line, "!!map")
    {
        Entries = entries;
        NodeCount = 1 + entries.Sum(entry => entry.Value.NodeCount + 1);
        Height = 1 + entries.Select(entry => entry.Value.Height).DefaultIfEmpty(0).Max();
    }

    /// <summary>As written, duplicates and merge keys included: what they mean depends on what the mapping is read as.</summary>
    public IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries { get; }
}
