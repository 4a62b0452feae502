using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Pleiad.Yaml;

/// <summary>Reads the first document of a YAML text into nodes, within limits; everything but the core schema's tags is refused.</summary>
public sealed class YamlReader
{
    /// <summary>Characters a document may have.</summary>
    public const int CharsMax = 4 * 1024 * 1024;

    /// <summary>Levels of nesting.</summary>
    public const int DepthMax = 64;

    /// <summary>Aliases in a document.</summary>
    public const int AliasesMax = 100;

    /// <summary>Nodes in a document, an alias counted as all it stands for.</summary>
    public const int NodesMax = 500_000;

    private const string CoreTagPrefix = "tag:yaml.org,2002:";

    private readonly IParser _parser;
    private readonly Dictionary<AnchorName, YamlNode> _anchors = [];
    private int _aliasCount;
    private int _nodeCount;

    private YamlReader(string text) => _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));

    /// <summary>The root of the first document; null where there is none.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="moreDocuments">Whether documents follow the first one. They are not read.</param>
    /// <exception cref="YamlSyntaxException">Not YAML, beyond a limit, or with tags of its own.</exception>
    public static YamlNode? Read(string text, out bool moreDocuments)
    {
        moreDocuments = false;
        if (text.Length > CharsMax)
        {
            throw new YamlSyntaxException(0, $"yaml: the document is longer than {CharsMax} characters");
        }

        var reader = new YamlReader(text);
        try
        {
            return reader.Document(out moreDocuments);
        }
        catch (YamlException e)
        {
            throw new YamlSyntaxException((int)e.Start.Line, $"yaml: line {e.Start.Line}: {FirstLine(e.Message)}");
        }
    }

    private YamlNode? Document(out bool moreDocuments)
    {
        moreDocuments = false;
        Next<StreamStart>();
        if (_parser.Current is StreamEnd)
        {
            return null;
        }

        Next<DocumentStart>();
        YamlNode root = Node(1);
        Next<DocumentEnd>();
        moreDocuments = _parser.Current is DocumentStart;
        return root;
    }

    private YamlNode Node(int depth)
    {
        ParsingEvent at = Current();
        if (depth > DepthMax)
        {
            throw Refuse(at, $"nested deeper than {DepthMax} levels");
        }

        if (at is AnchorAlias alias)
        {
            return Alias(alias, depth);
        }

        if (++_nodeCount > NodesMax)
        {
            throw Refuse(at, $"more than {NodesMax} nodes");
        }

        YamlNode node = at switch
        {
            Scalar scalar => ScalarOf(scalar),
            SequenceStart start => Sequence(start, depth),
            MappingStart start => Mapping(start, depth),
            _ => throw Refuse(at, "unexpected content"),
        };
        if (at is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor] = node;
        }

        return node;
    }

    private YamlNode Alias(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value, out YamlNode? node))
        {
            throw Refuse(alias, $"unknown anchor '{alias.Value}' referenced");
        }

        // Cheap to share, dear to walk: what an alias stands for is counted every time.
        _nodeCount = (int)Math.Min((long)_nodeCount + node.NodeCount, NodesMax + 1L);
        if (++_aliasCount > AliasesMax || _nodeCount > NodesMax || depth + node.Height - 1 > DepthMax)
        {
            throw Refuse(alias, $"document contains excessive aliasing (at most {AliasesMax} aliases, {NodesMax} nodes, {DepthMax} levels)");
        }

        _parser.MoveNext();
        return node;
    }

    private YamlScalar ScalarOf(Scalar scalar)
    {
        _parser.MoveNext();
        int line = (int)scalar.Start.Line;
        int column = (int)scalar.Start.Column;
        if (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific)
        {
            return new YamlScalar(
                line,
                column,
                scalar.Value,
                scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty ? YamlScalars.KindOf(scalar.Value) : YamlScalarKind.Text);
        }

        YamlScalarKind implied = YamlScalars.KindOf(scalar.Value);
        switch (CoreTag(scalar))
        {
            case "str":
                return new YamlScalar(line, column, scalar.Value, YamlScalarKind.Text);
            case "binary":
                return YamlScalars.FromBase64(scalar.Value) is { } text
                    ? new YamlScalar(line, column, text, YamlScalarKind.Text)
                    : throw Refuse(scalar, "!!binary value contains invalid base64 data");
            case "null":
                return new YamlScalar(line, column, string.Empty, YamlScalarKind.Null);
            case "bool" when implied == YamlScalarKind.Bool:
            case "int" when implied == YamlScalarKind.Int:
            case "float" when implied == YamlScalarKind.Float:
                return new YamlScalar(line, column, scalar.Value, implied);
            case "float" when implied == YamlScalarKind.Int:
                return new YamlScalar(line, column, scalar.Value, YamlScalarKind.Float);
            default:
                throw Refuse(scalar, $"cannot decode the scalar as {scalar.Tag}");
        }
    }

    private YamlSequence Sequence(SequenceStart start, int depth)
    {
        RequireCoreTag(start, "seq");
        var items = new List<YamlNode>();
        _parser.MoveNext();
        while (Current() is not SequenceEnd)
        {
            items.Add(Node(depth + 1));
        }

        _parser.MoveNext();
        return new YamlSequence((int)start.Start.Line, (int)start.Start.Column, items);
    }

    private YamlMapping Mapping(MappingStart start, int depth)
    {
        RequireCoreTag(start, "map");
        var entries = new List<(YamlScalar, YamlNode)>();
        _parser.MoveNext();
        while (Current() is not MappingEnd)
        {
            ParsingEvent keyAt = Current();
            if (Node(depth + 1) is not YamlScalar key)
            {
                throw Refuse(keyAt, "a key has to be a scalar");
            }

            entries.Add((key, Node(depth + 1)));
        }

        _parser.MoveNext();
        return new YamlMapping((int)start.Start.Line, (int)start.Start.Column, entries);
    }

    private static void RequireCoreTag(NodeEvent node, string expected)
    {
        if (!node.Tag.IsEmpty && CoreTag(node) != expected)
        {
            throw Refuse(node, $"tag {node.Tag} does not fit a {(expected == "seq" ? "sequence" : "mapping")}");
        }
    }

    private static string CoreTag(NodeEvent node)
    {
        string tag = node.Tag.IsNonSpecific ? string.Empty : node.Tag.Value;
        return tag.StartsWith(CoreTagPrefix, StringComparison.Ordinal)
            ? tag[CoreTagPrefix.Length..]
            : throw Refuse(node, $"tag {node.Tag} is not allowed");
    }

    private ParsingEvent Current() =>
        _parser.Current ?? throw new YamlSyntaxException(0, "yaml: the document ends early");

    private void Next<T>()
        where T : ParsingEvent
    {
        if (_parser.Current is null)
        {
            _parser.MoveNext();
        }

        ParsingEvent at = Current();
        if (at is not T)
        {
            throw Refuse(at, "unexpected content");
        }

        _parser.MoveNext();
    }

    private static YamlSyntaxException Refuse(ParsingEvent at, string why) =>
        new((int)at.Start.Line, $"yaml: line {at.Start.Line}: {why}");

    private static string FirstLine(string message)
    {
        int end = message.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? message : message[..end].TrimEnd('\r');
    }
}
