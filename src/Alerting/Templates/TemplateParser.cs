using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>Tokens to trees: the template itself and the ones it defines.</summary>
internal sealed class TemplateParser
{
    private readonly string _name;
    private readonly IReadOnlyList<TemplateToken> _tokens;
    private readonly IReadOnlyDictionary<string, TemplateFunction> _functions;
    private readonly Dictionary<string, IReadOnlyList<TemplateNode>> _defined = new(StringComparer.Ordinal);
    private readonly List<string> _variables = ["$"];
    private int _next;
    private int _depth;
    private int _ranges;
    private int _actionLine;

    private TemplateParser(string name, string text, IReadOnlyDictionary<string, TemplateFunction> functions)
    {
        _name = name;
        _tokens = TemplateLexer.Read(text);
        _functions = functions;
    }

    private TemplateToken Peek => _tokens[_next];

    /// <summary>The trees by name; the template's own is among them.</summary>
    /// <exception cref="TemplateException">Not a template, or beyond a limit.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<TemplateNode>> Parse(
        string name, string text, IReadOnlyDictionary<string, TemplateFunction> functions)
    {
        var parser = new TemplateParser(name, text, functions);
        List<TemplateNode> root = parser.TopLevel();
        parser._defined[name] = root;
        return parser._defined;
    }

    private List<TemplateNode> TopLevel()
    {
        var nodes = new List<TemplateNode>();
        while (Peek.Kind != TemplateTokenKind.EndOfInput)
        {
            if (Peek.Kind == TemplateTokenKind.LeftDelimiter && AfterSpace(_next + 1) is { Kind: TemplateTokenKind.Keyword, Text: "define" })
            {
                Take();
                TakeNonSpace();
                Define();
                continue;
            }

            if (TextOrAction(nodes) is { } ending)
            {
                throw Fail($"unexpected {{{{{ending}}}}}");
            }
        }

        return nodes;
    }

    private void Define()
    {
        const string Context = "define clause";
        TemplateToken name = TakeNonSpace();
        string defined = name.Kind is TemplateTokenKind.String or TemplateTokenKind.RawString ? Unquote(name) : throw Unexpected(name, Context);
        Expect(TemplateTokenKind.RightDelimiter, Context);
        string[] outer = [.. _variables];
        _variables.RemoveRange(1, _variables.Count - 1);
        List<TemplateNode> body = Body(out string ending);
        _variables.Clear();
        _variables.AddRange(outer);
        if (ending != "end")
        {
            throw Fail($"unexpected {{{{{ending}}}}} in {Context}");
        }

        _defined[defined] = body;
    }

    // Nodes up to {{end}} or {{else}}, which is left behind.
    private List<TemplateNode> Body(out string ending)
    {
        if (++_depth > TemplateLimits.DepthMax)
        {
            throw Fail($"nested deeper than {TemplateLimits.DepthMax} levels");
        }

        var nodes = new List<TemplateNode>();
        while (Peek.Kind != TemplateTokenKind.EndOfInput)
        {
            if (TextOrAction(nodes) is { } found)
            {
                ending = found;
                _depth--;
                return nodes;
            }
        }

        _next = _tokens.Count;
        throw Fail("unexpected EOF");
    }

    // Adds what comes next; the word of {{end}} or {{else}} where it is one of those. Behind {{else the rest of the action is not read.
    private string? TextOrAction(List<TemplateNode> nodes)
    {
        TemplateToken token = TakeNonSpace();
        switch (token.Kind)
        {
            case TemplateTokenKind.Text:
                nodes.Add(new TextNode(token.Start, token.Text));
                return null;
            case TemplateTokenKind.LeftDelimiter:
                _actionLine = token.Line;
                return Action(nodes);
            default:
                throw Unexpected(token, "input");
        }
    }

    private string? Action(List<TemplateNode> nodes)
    {
        TemplateToken token = TakeNonSpace();
        if (token.Kind != TemplateTokenKind.Keyword)
        {
            _next--;
            PipeNode pipe = Pipeline("command", TemplateTokenKind.RightDelimiter, token.Start);
            nodes.Add(new ActionNode(token.Start, pipe));
            return null;
        }

        switch (token.Text)
        {
            case "end":
                Expect(TemplateTokenKind.RightDelimiter, "end");
                return token.Text;
            case "else":
                return token.Text;
            case "if":
                nodes.Add(Branch(BranchKind.If, "if", token.Start));
                return null;
            case "range":
                nodes.Add(Branch(BranchKind.Range, "range", token.Start));
                return null;
            case "with":
                nodes.Add(Branch(BranchKind.With, "with", token.Start));
                return null;
            case "template":
                nodes.Add(CallTemplate(token.Start));
                return null;
            case "block":
                nodes.Add(Block(token.Start));
                return null;
            case "break" or "continue":
                Expect(TemplateTokenKind.RightDelimiter, $"{{{{{token.Text}}}}}");
                nodes.Add(_ranges > 0 ? new LeaveNode(token.Start, token.Text == "break") : throw Fail($"{{{{{token.Text}}}}} outside {{{{range}}}}"));
                return null;
            default:
                throw Unexpected(token, "command");
        }
    }

    private BranchNode Branch(BranchKind kind, string context, int at)
    {
        int variables = _variables.Count;
        PipeNode pipe = Pipeline(context, TemplateTokenKind.RightDelimiter, at);
        _ranges += kind == BranchKind.Range ? 1 : 0;
        List<TemplateNode> then = Body(out string ending);
        _ranges -= kind == BranchKind.Range ? 1 : 0;
        IReadOnlyList<TemplateNode> otherwise = [];
        if (ending == "else")
        {
            otherwise = Else(kind, context);
        }

        _variables.RemoveRange(variables, _variables.Count - variables);
        return new BranchNode(at, kind, pipe, then, otherwise);
    }

    private List<TemplateNode> Else(BranchKind kind, string context)
    {
        // {{else if x}} is {{else}}{{if x}} with one {{end}} for both; with likewise.
        TemplateToken next = AfterSpace(_next);
        if (next is { Kind: TemplateTokenKind.Keyword, Text: "if" or "with" } && kind != BranchKind.Range && next.Text == context)
        {
            TakeNonSpace();
            if (++_depth > TemplateLimits.DepthMax)
            {
                throw Fail($"nested deeper than {TemplateLimits.DepthMax} levels");
            }

            BranchNode nested = Branch(kind, context, next.Start);
            _depth--;
            return [nested];
        }

        Expect(TemplateTokenKind.RightDelimiter, "else");
        List<TemplateNode> nodes = Body(out string ending);
        return ending == "end" ? nodes : throw Fail($"expected end; found {{{{{ending}}}}}");
    }

    private CallTemplateNode CallTemplate(int at)
    {
        const string Context = "template clause";
        TemplateToken name = TakeNonSpace();
        string called = name.Kind is TemplateTokenKind.String or TemplateTokenKind.RawString ? Unquote(name) : throw Unexpected(name, Context);
        TemplateToken next = TakeNonSpace();
        if (next.Kind == TemplateTokenKind.RightDelimiter)
        {
            return new CallTemplateNode(at, called, null);
        }

        _next--;
        return new CallTemplateNode(at, called, Pipeline(Context, TemplateTokenKind.RightDelimiter, next.Start));
    }

    private CallTemplateNode Block(int at)
    {
        const string Context = "block clause";
        TemplateToken name = TakeNonSpace();
        string defined = name.Kind is TemplateTokenKind.String or TemplateTokenKind.RawString ? Unquote(name) : throw Unexpected(name, Context);
        PipeNode pipe = Pipeline(Context, TemplateTokenKind.RightDelimiter, name.Start);
        string[] outer = [.. _variables];
        _variables.RemoveRange(1, _variables.Count - 1);
        List<TemplateNode> body = Body(out string ending);
        _variables.Clear();
        _variables.AddRange(outer);
        _defined[defined] = ending == "end" ? body : throw Fail($"unexpected {{{{{ending}}}}} in {Context}");
        return new CallTemplateNode(at, defined, pipe);
    }

    private PipeNode Pipeline(string context, TemplateTokenKind end, int at)
    {
        var variables = new List<string>();
        bool isAssign = Declarations(context, variables);
        var commands = new List<CommandNode>();
        while (true)
        {
            TemplateToken token = TakeNonSpace();
            if (token.Kind == end)
            {
                CheckStages(commands, context);
                return new PipeNode(at, variables, isAssign, commands);
            }

            if (token.Kind is TemplateTokenKind.Bool or TemplateTokenKind.Character or TemplateTokenKind.Dot or TemplateTokenKind.Field
                or TemplateTokenKind.Identifier or TemplateTokenKind.Number or TemplateTokenKind.Nil or TemplateTokenKind.RawString
                or TemplateTokenKind.String or TemplateTokenKind.Variable or TemplateTokenKind.LeftParen)
            {
                _next--;
                commands.Add(Command());
                continue;
            }

            throw Unexpected(token, context);
        }
    }

    private bool Declarations(string context, List<string> variables)
    {
        while (true)
        {
            TemplateToken variable = AfterSpace(_next);
            if (variable.Kind != TemplateTokenKind.Variable)
            {
                return false;
            }

            int back = _next;
            TakeNonSpace();
            switch (AfterSpace(_next).Kind)
            {
                case TemplateTokenKind.Assign or TemplateTokenKind.Declare:
                    bool isAssign = TakeNonSpace().Kind == TemplateTokenKind.Assign;
                    if (isAssign && !_variables.Contains(variable.Text))
                    {
                        throw Fail($"undefined variable {QuotedText.Of(variable.Text)}");
                    }

                    variables.Add(variable.Text);
                    _variables.Add(variable.Text);
                    return isAssign;
                case TemplateTokenKind.Comma:
                    TakeNonSpace();
                    variables.Add(variable.Text);
                    _variables.Add(variable.Text);
                    if (context != "range" || variables.Count >= 2)
                    {
                        throw Fail($"too many declarations in {context}");
                    }

                    if (AfterSpace(_next).Kind is not (TemplateTokenKind.Variable or TemplateTokenKind.RightDelimiter or TemplateTokenKind.RightParen))
                    {
                        throw Fail("range can only initialize variables");
                    }

                    break;
                default:
                    _next = back;
                    return false;
            }
        }
    }

    private void CheckStages(List<CommandNode> commands, string context)
    {
        if (commands.Count == 0)
        {
            throw Fail($"missing value for {context}");
        }

        for (int i = 1; i < commands.Count; i++)
        {
            if (commands[i].Args[0] is ConstantNode or DotNode or NilNode)
            {
                throw Fail(string.Create(CultureInfo.InvariantCulture, $"non executable command in pipeline stage {i + 1}"));
            }
        }
    }

    private CommandNode Command()
    {
        var args = new List<TemplateNode>();
        int at = AfterSpace(_next).Start;
        while (true)
        {
            SkipSpace();
            if (Operand() is { } operand)
            {
                args.Add(operand);
            }

            TemplateToken token = Take();
            switch (token.Kind)
            {
                case TemplateTokenKind.Space:
                    continue;
                case TemplateTokenKind.RightDelimiter or TemplateTokenKind.RightParen:
                    _next--;
                    break;
                case TemplateTokenKind.Pipe:
                    break;
                default:
                    throw Unexpected(token, "operand");
            }

            return args.Count > 0 ? new CommandNode(at, args) : throw Fail("empty command");
        }
    }

    private TemplateNode? Operand()
    {
        TemplateNode? term = Term();
        if (term is null || Peek.Kind != TemplateTokenKind.Field)
        {
            return term;
        }

        int at = Peek.Start;
        var fields = new List<string>();
        while (Peek.Kind == TemplateTokenKind.Field)
        {
            fields.Add(Take().Text[1..]);
        }

        return term switch
        {
            FieldNode field => new FieldNode(at, [.. field.Fields, .. fields]),
            VariableNode variable => new VariableNode(at, variable.Name, [.. variable.Fields, .. fields]),
            ConstantNode or NilNode or DotNode => throw Fail($"unexpected . after term {QuotedText.Of(term.ToString())}"),
            _ => new ChainNode(at, term, fields),
        };
    }

    private TemplateNode? Term()
    {
        TemplateToken token = TakeNonSpace();
        switch (token.Kind)
        {
            case TemplateTokenKind.Identifier:
                return _functions.ContainsKey(token.Text)
                    ? new FunctionNode(token.Start, token.Text)
                    : throw Fail($"function {QuotedText.Of(token.Text)} not defined");
            case TemplateTokenKind.Dot:
                return new DotNode(token.Start);
            case TemplateTokenKind.Nil:
                return new NilNode(token.Start);
            case TemplateTokenKind.Variable:
                return _variables.Contains(token.Text)
                    ? new VariableNode(token.Start, token.Text, [])
                    : throw Fail($"undefined variable {QuotedText.Of(token.Text)}");
            case TemplateTokenKind.Field:
                return new FieldNode(token.Start, [token.Text[1..]]);
            case TemplateTokenKind.Bool:
                return new ConstantNode(token.Start, token.Text == "true", token.Text);
            case TemplateTokenKind.Number:
                return new ConstantNode(token.Start, TemplateNumber.TryLiteral(token.Text, out object number) ? number : 0L, token.Text);
            case TemplateTokenKind.Character:
                return new ConstantNode(token.Start, CharacterOf(token), token.Text);
            case TemplateTokenKind.String or TemplateTokenKind.RawString:
                return new ConstantNode(token.Start, Unquote(token), token.Text);
            case TemplateTokenKind.LeftParen:
                if (++_depth > TemplateLimits.DepthMax)
                {
                    throw Fail($"nested deeper than {TemplateLimits.DepthMax} levels");
                }

                PipeNode pipe = Pipeline("parenthesized pipeline", TemplateTokenKind.RightParen, token.Start);
                _depth--;
                return pipe;
            default:
                _next--;
                return null;
        }
    }

    private string Unquote(TemplateToken token)
    {
        try
        {
            return GoString.Unquote(token.Text);
        }
        catch (FormatException e)
        {
            throw Fail(e.Message);
        }
    }

    private object CharacterOf(TemplateToken token)
    {
        string inner = Unquote(token);
        return Rune.DecodeFromUtf16(inner, out Rune rune, out int used) == System.Buffers.OperationStatus.Done && used == inner.Length
            ? (long)rune.Value
            : throw Fail($"malformed character constant: {token.Text}");
    }

    private TemplateToken AfterSpace(int from)
    {
        while (_tokens[from].Kind == TemplateTokenKind.Space)
        {
            from++;
        }

        return _tokens[from];
    }

    private void SkipSpace()
    {
        while (Peek.Kind == TemplateTokenKind.Space)
        {
            _next++;
        }
    }

    // The last token stays: there is nothing behind it.
    private TemplateToken Take()
    {
        TemplateToken token = Peek;
        _next++;
        return token.Kind == TemplateTokenKind.Error ? throw Unexpected(token, string.Empty) : token;
    }

    private TemplateToken TakeNonSpace()
    {
        SkipSpace();
        return Take();
    }

    private void Expect(TemplateTokenKind kind, string context)
    {
        TemplateToken token = TakeNonSpace();
        if (token.Kind != kind)
        {
            throw Unexpected(token, context);
        }
    }

    private TemplateException Unexpected(TemplateToken token, string context)
    {
        if (token.Kind != TemplateTokenKind.Error)
        {
            return Fail($"unexpected {token} in {context}");
        }

        string extra = string.Empty;
        if (_actionLine != 0 && _actionLine != token.Line)
        {
            extra = string.Create(CultureInfo.InvariantCulture, $" in action started at {_name}:{_actionLine}");
            extra = token.Text.EndsWith(" action", StringComparison.Ordinal) ? extra[" in action".Length..] : extra;
        }

        return Fail(token + extra);
    }

    private TemplateException Fail(string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"template: {_name}:{_tokens[Math.Clamp(_next - 1, 0, _tokens.Count - 1)].Line}: {problem}"));
}
