namespace Pleiad.Node;

/// <summary>Reads one HOCON text into a tree. Files that it includes are read by <see cref="HoconFiles"/> on the way.</summary>
internal sealed class HoconParser
{
    private const string IncludeWord = "include";

    private readonly List<HoconToken> _tokens;
    private readonly string _file;
    private readonly IHoconIncludes _includes;
    private readonly HoconIncludePoint _point;
    private int _at;
    private int _depth;
    private int _arrays;

    private HoconParser(string text, string file, IHoconIncludes includes, HoconIncludePoint point)
    {
        _tokens = HoconLexer.Read(text, file);
        _file = file;
        _includes = includes;
        _point = point;
    }

    private HoconToken Next => _tokens[_at];

    private HoconOrigin Here => new(_file, Next.Line);

    /// <summary>Reads a text.</summary>
    /// <param name="file">The name for messages.</param>
    /// <param name="includes">Who reads included files.</param>
    /// <param name="point">Where this text is included.</param>
    /// <returns>An object, or an array where the text is one.</returns>
    /// <exception cref="HoconException">Not HOCON.</exception>
    public static HoconNode Parse(string text, string file, IHoconIncludes includes, HoconIncludePoint point)
    {
        var parser = new HoconParser(text, file, includes, point);
        parser.SkipSpaceAndNewlines();
        HoconNode root = parser.Next.Kind switch
        {
            HoconTokenKind.BraceOpen => parser.BracedObject([]),
            HoconTokenKind.BracketOpen => parser.Array([]),
            _ => parser.Fields([], HoconTokenKind.End),
        };
        parser.SkipSpaceAndNewlines();
        return parser.Next.Kind == HoconTokenKind.End ? root : throw parser.Unexpected("the end of the file");
    }

    private HoconObjectNode BracedObject(IReadOnlyList<string> path)
    {
        Enter();
        _at++;
        HoconObjectNode node = Fields(path, HoconTokenKind.BraceClose);
        _at++;
        _depth--;
        return node;
    }

    private HoconObjectNode Fields(IReadOnlyList<string> path, HoconTokenKind end)
    {
        var node = new HoconObjectNode(Here);
        SkipSpaceAndNewlines();
        while (Next.Kind != end)
        {
            if (Next is { Kind: HoconTokenKind.Text, Text: IncludeWord })
            {
                Include(node, path);
            }
            else
            {
                Field(node, path);
            }

            Separator(end);
        }

        return node;
    }

    private void Field(HoconObjectNode node, IReadOnlyList<string> path)
    {
        HoconOrigin origin = Here;
        var key = new List<HoconToken>();
        while (Next.Kind is HoconTokenKind.Text or HoconTokenKind.Number or HoconTokenKind.Quoted or HoconTokenKind.Space)
        {
            key.Add(_tokens[_at++]);
        }

        if (key.Count == 0)
        {
            throw Unexpected("a key");
        }

        IReadOnlyList<string> keys = HoconPath.Of(key, origin);
        if (path.Count + keys.Count > HoconLimits.DepthMax)
        {
            throw new HoconException(origin, $"objects and arrays nest deeper than {HoconLimits.DepthMax}");
        }

        IReadOnlyList<string> below = [.. path, .. keys];
        SkipSpaceAndNewlines();
        switch (Next.Kind)
        {
            case HoconTokenKind.BraceOpen:
                node.Add(keys, Value(below));
                break;
            case HoconTokenKind.Assign:
                _at++;
                node.Add(keys, Value(below));
                break;
            case HoconTokenKind.Append:
                _at++;
                // a += b is a = ${?a} [b]
                HoconNode element = Value(below);
                node.Add(keys, new HoconConcatNode(origin, [
                    new HoconSubstitutionNode(origin, below, optional: true, _point),
                    new HoconArrayNode(origin, [element])]));
                break;
            default:
                throw Unexpected($"':', '=' or '{{' after the key {HoconPath.TextOf(keys)}");
        }
    }

    private void Include(HoconObjectNode node, IReadOnlyList<string> path)
    {
        HoconOrigin origin = Here;
        _at++;
        SkipSpaceAndNewlines();
        string form = string.Empty;
        while (Next.Kind is HoconTokenKind.Text or HoconTokenKind.Space)
        {
            form += _tokens[_at++].Text.Trim();
        }

        if (Next.Kind != HoconTokenKind.Quoted)
        {
            throw Unexpected("a quoted name after include");
        }

        string name = _tokens[_at++].Text;
        int open = form.Count(c => c == '(');
        string closing = string.Empty;
        SkipSpace();
        while (closing.Length < open && Next.Kind == HoconTokenKind.Text)
        {
            closing += _tokens[_at++].Text;
            SkipSpace();
        }

        if (closing != new string(')', open) || !HoconIncludeForm.TryRead(form, out HoconIncludeKind kind, out bool required))
        {
            throw new HoconException(origin, "include takes \"name\", file(\"name\"), classpath(\"name\") or required(...) of these");
        }

        var point = new HoconIncludePoint(_arrays > 0 ? [] : [.. _point.Path, .. path], _point);
        var included = new HoconObjectNode(origin);
        point.InArray = _arrays > 0 ? included : null;
        foreach (HoconObjectNode part in _includes.Read(name, kind, required, origin, point))
        {
            included.Merge(part);
        }

        node.Merge(included);
    }

    private HoconArrayNode Array(IReadOnlyList<string> path)
    {
        HoconOrigin origin = Here;
        Enter();
        _arrays++;
        _at++;
        var elements = new List<HoconNode>();
        SkipSpaceAndNewlines();
        while (Next.Kind != HoconTokenKind.BracketClose)
        {
            elements.Add(Value(path));
            Separator(HoconTokenKind.BracketClose);
        }

        _at++;
        _arrays--;
        _depth--;
        return new HoconArrayNode(origin, elements);
    }

    // After an element: one comma, or a newline, or the end.
    private void Separator(HoconTokenKind end)
    {
        int line = Next.Line;
        bool newline = SkipSpaceAndNewlines();
        if (Next.Kind == HoconTokenKind.Comma)
        {
            _at++;
            SkipSpaceAndNewlines();
        }
        else if (!newline && Next.Kind != end)
        {
            throw Unexpected("a comma or a newline");
        }

        if (Next.Kind == HoconTokenKind.End && end != HoconTokenKind.End)
        {
            throw new HoconException(new HoconOrigin(_file, line), end == HoconTokenKind.BraceClose ? "a '{' is not closed" : "a '[' is not closed");
        }
    }

    private HoconNode Value(IReadOnlyList<string> path)
    {
        SkipSpaceAndNewlines();
        HoconOrigin origin = Here;
        var parts = new List<HoconNode>();
        HoconToken? space = null;
        while (true)
        {
            HoconNode part;
            switch (Next.Kind)
            {
                case HoconTokenKind.Space:
                    space = _tokens[_at++];
                    continue;
                case HoconTokenKind.BraceOpen:
                    part = BracedObject(path);
                    break;
                case HoconTokenKind.BracketOpen:
                    part = Array(path);
                    break;
                case HoconTokenKind.Quoted or HoconTokenKind.Text or HoconTokenKind.Number:
                    part = Scalar(_tokens[_at++]);
                    break;
                case HoconTokenKind.Substitution:
                    part = new HoconSubstitutionNode(Here, Next.Path!, Next.Optional, _point);
                    _at++;
                    break;
                default:
                    return parts.Count switch
                    {
                        0 => throw Unexpected("a value"),
                        1 => parts[0],
                        _ => new HoconConcatNode(origin, parts),
                    };
            }

            if (space is not null && parts.Count > 0)
            {
                parts.Add(new HoconSpaceNode(origin, space.Text));
            }

            space = null;
            parts.Add(part);
        }
    }

    private HoconScalarNode Scalar(HoconToken token)
    {
        HoconKind kind = token switch
        {
            { Kind: HoconTokenKind.Number } => HoconKind.Number,
            { Kind: HoconTokenKind.Text, Text: "true" or "false" } => HoconKind.Boolean,
            { Kind: HoconTokenKind.Text, Text: "null" } => HoconKind.Null,
            _ => HoconKind.String,
        };
        return new HoconScalarNode(new HoconOrigin(_file, token.Line), kind, token.Text);
    }

    private void Enter()
    {
        if (++_depth > HoconLimits.DepthMax)
        {
            throw new HoconException(Here, $"objects and arrays nest deeper than {HoconLimits.DepthMax}");
        }
    }

    private void SkipSpace()
    {
        while (Next.Kind == HoconTokenKind.Space)
        {
            _at++;
        }
    }

    private bool SkipSpaceAndNewlines()
    {
        bool newline = false;
        while (Next.Kind is HoconTokenKind.Space or HoconTokenKind.Newline)
        {
            newline |= Next.Kind == HoconTokenKind.Newline;
            _at++;
        }

        return newline;
    }

    private HoconException Unexpected(string expected)
    {
        string found = Next.Kind switch
        {
            HoconTokenKind.End => "the end of the file",
            HoconTokenKind.Newline => "the end of the line",
            HoconTokenKind.BraceOpen => "'{'",
            HoconTokenKind.BraceClose => "'}'",
            HoconTokenKind.BracketOpen => "'['",
            HoconTokenKind.BracketClose => "']'",
            HoconTokenKind.Comma => "','",
            HoconTokenKind.Assign => "':' or '='",
            HoconTokenKind.Append => "'+='",
            HoconTokenKind.Substitution => "a substitution",
            _ => $"\"{Next.Text}\"",
        };
        return new HoconException(Here, $"expected {expected}, found {found}");
    }
}
