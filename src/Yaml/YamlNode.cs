namespace Pleiad.Yaml;

/// <summary>A node of a YAML document with the place it begins at. An alias is the very node of its anchor.</summary>
public abstract class YamlNode(int line, int column, string tag)
{
    /// <summary>From 1.</summary>
    public int Line { get; } = line;

    /// <summary>From 1, in characters; of an anchored node the column of its anchor.</summary>
    public int Column { get; } = column;

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
public enum YamlScalarKind
{
    Null,
    Bool,
    Int,
    Float,
    Text,
}

/// <summary>A text, and what it means where nothing else is asked for.</summary>
public sealed class YamlScalar(int line, int column, string text, YamlScalarKind kind) : YamlNode(line, column, TagOf(kind))
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

/// <summary>A list of nodes.</summary>
public sealed class YamlSequence : YamlNode
{
    public YamlSequence(int line, int column, IReadOnlyList<YamlNode> items)
        : base(line, column, "!!seq")
    {
        Items = items;
        NodeCount = 1 + items.Sum(item => item.NodeCount);
        Height = 1 + items.Select(item => item.Height).DefaultIfEmpty(0).Max();
    }

    public IReadOnlyList<YamlNode> Items { get; }
}

/// <summary>Nodes by name.</summary>
public sealed class YamlMapping : YamlNode
{
    public YamlMapping(int line, int column, IReadOnlyList<(YamlScalar Key, YamlNode Value)> entries)
        : base(line, column, "!!map")
    {
        Entries = entries;
        NodeCount = 1 + entries.Sum(entry => entry.Value.NodeCount + 1);
        Height = 1 + entries.Select(entry => entry.Value.Height).DefaultIfEmpty(0).Max();
    }

    /// <summary>As written, duplicates and merge keys included: what they mean depends on what the mapping is read as.</summary>
    public IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries { get; }
}
