using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>One expansion of a template: walks its nodes and writes what they print.</summary>
internal sealed class TemplateRun(Template template, TemplateContext context)
{
    // What stands for "nothing was piped in", which is not the same as nil.
    private static readonly object Nothing = new();

    private readonly StringBuilder _output = new();
    private readonly List<(string Name, object? Value)> _variables = [];
    private string _running = template.Name;
    private int _steps;
    private int _depth;

    private enum Leaving
    {
        No,
        Break,
        Continue,
    }

    /// <summary>Expands the whole template.</summary>
    public string Run(object? data)
    {
        CallTemplate(template.Name, template.Tree(template.Name)!, data);
        return _output.ToString();
    }

    private void CallTemplate(string name, IReadOnlyList<TemplateNode> tree, object? data)
    {
        (string Name, object? Value)[] outer = [.. _variables];
        string running = _running;
        _variables.Clear();
        _variables.Add(("$", data));
        _running = name;
        Walk(data, tree);
        _variables.Clear();
        _variables.AddRange(outer);
        _running = running;
    }

    private Leaving Walk(object? dot, IReadOnlyList<TemplateNode> nodes)
    {
        foreach (TemplateNode node in nodes)
        {
            Step(node);
            Leaving leaving = Leaving.No;
            switch (node)
            {
                case TextNode text:
                    _output.Append(text.Text);
                    break;
                case ActionNode action:
                    object? value = Pipe(dot, action.Pipe);
                    if (action.Pipe.Variables.Count == 0)
                    {
                        Print(value);
                    }

                    break;
                case BranchNode { Kind: BranchKind.Range } range:
                    leaving = Range(dot, range);
                    break;
                case BranchNode branch:
                    leaving = Branch(dot, branch);
                    break;
                case CallTemplateNode call:
                    Call(dot, call);
                    break;
                case LeaveNode leave:
                    return leave.Break ? Leaving.Break : Leaving.Continue;
            }

            if (_output.Length > TemplateLimits.OutputCharsMax)
            {
                throw Fail(node, $"the output is longer than {TemplateLimits.OutputCharsMax} characters");
            }

            if (leaving != Leaving.No)
            {
                return leaving;
            }
        }

        return Leaving.No;
    }

    private void Call(object? dot, CallTemplateNode call)
    {
        IReadOnlyList<TemplateNode> tree = template.Tree(call.Name) ?? throw Fail(call, $"template {QuotedText.Of(call.Name)} not defined");
        if (++_depth > TemplateLimits.DepthMax)
        {
            throw Fail(call, $"exceeded maximum template depth ({TemplateLimits.DepthMax})");
        }

        CallTemplate(call.Name, tree, call.Pipe is null ? null : Pipe(dot, call.Pipe));
        _depth--;
    }

    private Leaving Branch(object? dot, BranchNode branch)
    {
        int variables = _variables.Count;
        object? value = Pipe(dot, branch.Pipe);
        Leaving leaving = GoComparison.Truth(value)
            ? Walk(branch.Kind == BranchKind.With ? value : dot, branch.Then)
            : Walk(dot, branch.Else);
        _variables.RemoveRange(variables, _variables.Count - variables);
        return leaving;
    }

    private Leaving Range(object? dot, BranchNode range)
    {
        int variables = _variables.Count;
        object? value = Pipe(dot, range.Pipe);
        int declared = _variables.Count;
        bool any = false;
        Leaving leaving = Leaving.No;
        foreach ((object? key, object? item) in Items(range, value))
        {
            any = true;
            Step(range);
            IReadOnlyList<string> names = range.Pipe.Variables;
            if (names.Count > 0)
            {
                Set(range, names[^1], item, range.Pipe.IsAssign, declared - 1);
            }

            if (names.Count > 1)
            {
                Set(range, names[0], key, range.Pipe.IsAssign, declared - 2);
            }

            leaving = Walk(item, range.Then);
            _variables.RemoveRange(declared, _variables.Count - declared);
            if (leaving == Leaving.Break)
            {
                break;
            }
        }

        _variables.RemoveRange(variables, _variables.Count - variables);
        return any ? Leaving.No : Walk(dot, range.Else);
    }

    private IEnumerable<(object? Key, object? Item)> Items(BranchNode range, object? value) => value switch
    {
        null => [],
        IReadOnlyList<object?> list => list.Select((item, i) => ((object?)(long)i, item)),
        TemplateMap map => GoFormat.Sorted(map).Select(entry => ((object?)entry.Key, entry.Value)),
        long count => Counted(count),
        _ => throw Fail(range.Pipe, $"range can't iterate over {GoFormat.Value(value)}"),
    };

    private static IEnumerable<(object? Key, object? Item)> Counted(long count)
    {
        for (long i = 0; i < count; i++)
        {
            yield return (i, i);
        }
    }

    private object? Pipe(object? dot, PipeNode pipe)
    {
        object? value = Nothing;
        foreach (CommandNode command in pipe.Commands)
        {
            value = Command(dot, command, value);
        }

        if (pipe.IsAssign)
        {
            Set(pipe, pipe.Variables[^1], value, isAssign: true, 0);
        }
        else
        {
            foreach (string name in pipe.Variables)
            {
                _variables.Add((name, value));
            }
        }

        return value;
    }

    private void Set(TemplateNode at, string name, object? value, bool isAssign, int place)
    {
        if (!isAssign)
        {
            _variables[place] = (name, value);
            return;
        }

        int found = _variables.FindLastIndex(variable => variable.Name == name);
        _variables[found >= 0 ? found : throw Fail(at, $"undefined variable: {name}")] = (name, value);
    }

    private object? Command(object? dot, CommandNode command, object? piped)
    {
        Step(command);
        TemplateNode first = command.Args[0];
        switch (first)
        {
            case FieldNode field:
                return Fields(dot, dot, field.Fields, field, command.Args, piped);
            case VariableNode variable:
                object? value = Variable(variable);
                if (variable.Fields.Count == 0)
                {
                    NotAFunction(command, piped);
                    return value;
                }

                return Fields(dot, value, variable.Fields, variable, command.Args, piped);
            case ChainNode chain:
                return Chain(dot, chain, command.Args, piped);
            case FunctionNode function:
                return Function(dot, function, command, command.Args, piped);
            case NilNode:
                throw Fail(first, "nil is not a command");
            default:
                NotAFunction(command, piped);
                return Argument(dot, first);
        }
    }

    private void NotAFunction(CommandNode command, object? piped)
    {
        if (command.Args.Count > 1 || !ReferenceEquals(piped, Nothing))
        {
            throw Fail(command.Args[0], $"can't give argument to non-function {command.Args[0]}");
        }
    }

    private object? Argument(object? dot, TemplateNode node) => node switch
    {
        DotNode => dot,
        NilNode => null,
        ConstantNode constant => constant.Value,
        FieldNode field => Fields(dot, dot, field.Fields, field, [field], Nothing),
        VariableNode { Fields.Count: 0 } variable => Variable(variable),
        VariableNode variable => Fields(dot, Variable(variable), variable.Fields, variable, [variable], Nothing),
        ChainNode chain => Chain(dot, chain, [chain], Nothing),
        FunctionNode function => Function(dot, function, function, [function], Nothing),
        PipeNode pipe => Pipe(dot, pipe),
        _ => throw Fail(node, $"can't handle {node}"),
    };

    private object? Variable(VariableNode variable)
    {
        int found = _variables.FindLastIndex(known => known.Name == variable.Name);
        return found >= 0 ? _variables[found].Value : throw Fail(variable, $"undefined variable: {variable.Name}");
    }

    private object? Chain(object? dot, ChainNode chain, IReadOnlyList<TemplateNode> args, object? piped)
    {
        if (chain.Of is NilNode)
        {
            throw Fail(chain, $"indirection through explicit nil in {chain}");
        }

        return Fields(dot, Argument(dot, chain.Of), chain.Fields, chain, args, piped);
    }

    // Only the last field of a chain may be a method with arguments.
    private object? Fields(
        object? dot, object? of, IReadOnlyList<string> names, TemplateNode at, IReadOnlyList<TemplateNode> args, object? piped)
    {
        for (int i = 0; i < names.Count - 1; i++)
        {
            of = Field(dot, of, names[i], at, [at], Nothing);
        }

        return Field(dot, of, names[^1], at, args, piped);
    }

    private object? Field(object? dot, object? of, string name, TemplateNode at, IReadOnlyList<TemplateNode> args, object? piped)
    {
        bool hasArguments = args.Count > 1 || !ReferenceEquals(piped, Nothing);
        switch (of)
        {
            case null:
                return template.Options.MissingKey == MissingKey.Error
                    ? throw Fail(at, $"nil data; no entry for key {QuotedText.Of(name)}")
                    : null;
            case TemplateRecord record when record.Method(name) is { } method:
                return Invoke(dot, method, at, args, piped);
            case TemplateRecord record:
                foreach ((string field, object? value) in record.Fields)
                {
                    if (field == name)
                    {
                        return hasArguments ? throw Fail(at, $"{name} has arguments but cannot be invoked as function") : value;
                    }
                }

                break;
            case TemplateMap map:
                if (hasArguments)
                {
                    throw Fail(at, $"{name} is not a method but has arguments");
                }

                if (map.Entries.TryGetValue(name, out object? entry))
                {
                    return entry;
                }

                return template.Options.MissingKey switch
                {
                    MissingKey.Error => throw Fail(at, $"map has no entry for key {QuotedText.Of(name)}"),
                    MissingKey.Zero when map.OfTexts => string.Empty,
                    _ => null,
                };
        }

        throw Fail(at, $"can't evaluate field {name} in type {GoFormat.TypeName(of)}");
    }

    private object? Function(object? dot, FunctionNode node, TemplateNode at, IReadOnlyList<TemplateNode> args, object? piped)
    {
        if (node.Name is "and" or "or")
        {
            return AndOr(dot, node, args, piped);
        }

        TemplateFunction function = (template.Options.Html ? TemplateFunctions.ForHtml : TemplateFunctions.ForText)[node.Name];
        return function.Name == TemplateFunctions.CallByName
            ? CallByName(dot, at, args, piped)
            : Invoke(dot, function, at, args, piped);
    }

    // These two look at their arguments only as far as they have to.
    private object? AndOr(object? dot, FunctionNode node, IReadOnlyList<TemplateNode> args, object? piped)
    {
        bool hasPiped = !ReferenceEquals(piped, Nothing);
        if (args.Count == 1 && !hasPiped)
        {
            throw Fail(node, $"wrong number of args for {node.Name}: want at least 1 got 0");
        }

        object? value = null;
        for (int i = 1; i < args.Count; i++)
        {
            value = Argument(dot, args[i]);
            if (GoComparison.Truth(value) == (node.Name == "or"))
            {
                return value;
            }
        }

        return hasPiped ? piped : value;
    }

    // {{ tmpl $name . }}: expands a template whose name is a value.
    private SafeHtml CallByName(object? dot, TemplateNode at, IReadOnlyList<TemplateNode> args, object? piped)
    {
        List<object?> values = [.. args.Skip(1).Select(arg => Argument(dot, arg))];
        if (!ReferenceEquals(piped, Nothing))
        {
            values.Add(piped);
        }

        if (values.Count != 2 || values[0] is not string name)
        {
            throw Fail(at, string.Create(CultureInfo.InvariantCulture, $"wrong number of args for {TemplateFunctions.CallByName}: want 2 got {values.Count}"));
        }

        IReadOnlyList<TemplateNode> tree = template.Tree(name) ?? throw Fail(at, $"error calling tmpl: template {QuotedText.Of(name)} not defined");
        if (++_depth > TemplateLimits.DepthMax)
        {
            throw Fail(at, $"exceeded maximum template depth ({TemplateLimits.DepthMax})");
        }

        int start = _output.Length;
        CallTemplate(name, tree, values[1]);
        _depth--;
        string printed = _output.ToString(start, _output.Length - start);
        _output.Length = start;
        return new SafeHtml(printed);
    }

    private object? Invoke(object? dot, TemplateFunction function, TemplateNode at, IReadOnlyList<TemplateNode> args, object? piped)
    {
        bool hasPiped = !ReferenceEquals(piped, Nothing);
        int given = args.Count - 1 + (hasPiped ? 1 : 0);
        int wanted = function.Parameters.Length;
        if (function.Rest is null ? given != wanted : given < wanted)
        {
            string least = function.Rest is null ? string.Empty : "at least ";
            throw Fail(at, string.Create(
                CultureInfo.InvariantCulture, $"wrong number of args for {function.Name}: want {least}{wanted} got {given}"));
        }

        var values = new object?[given];
        for (int i = 0; i < given; i++)
        {
            TemplateParameter parameter = i < wanted ? function.Parameters[i] : function.Rest!.Value;
            bool fromPipe = i == args.Count - 1;
            TemplateNode? node = fromPipe ? null : args[i + 1];
            values[i] = Fitting(parameter, node is null ? piped : Argument(dot, node), node, at);
        }

        try
        {
            return function.Call(context, values);
        }
        catch (TemplateCallException e)
        {
            throw Fail(at, $"error calling {function.Name}: {e.Message}");
        }
    }

    private object? Fitting(TemplateParameter parameter, object? value, TemplateNode? node, TemplateNode at)
    {
        if (TemplateFunction.Fits(parameter, value, out object? fitting))
        {
            return fitting;
        }

        string expected = TemplateFunction.TypeNameOf(parameter);
        throw node is ConstantNode or NilNode ? Fail(node, $"expected {expected}; found {node}")
            : value is null ? Fail(node ?? at, $"invalid value; expected {expected}")
            : Fail(node ?? at, $"wrong type for value; expected {expected}; got {GoFormat.TypeName(value)}");
    }

    private void Print(object? value)
    {
        if (template.Options.Html)
        {
            _output.Append(value is SafeHtml safe ? safe.Text : value is null ? string.Empty : HtmlText.Escape(GoFormat.Value(value)));
            return;
        }

        _output.Append(value is null ? "<no value>" : GoFormat.Value(value));
    }

    private void Step(TemplateNode node)
    {
        if (++_steps > TemplateLimits.StepsMax)
        {
            throw Fail(node, $"more than {TemplateLimits.StepsMax} steps");
        }
    }

    // template: name:1:3: executing "name" at <.Foo>: problem; the column counts bytes from 0.
    private TemplateException Fail(TemplateNode node, string problem)
    {
        ReadOnlySpan<char> before = template.Text.AsSpan(0, node.At);
        int line = 1 + before.Count('\n');
        int column = Encoding.UTF8.GetByteCount(before[(before.LastIndexOf('\n') + 1)..]);
        return new TemplateException(string.Create(
            CultureInfo.InvariantCulture,
            $"template: {template.Name}:{line}:{column}: executing {QuotedText.Of(_running)} at <{node}>: {problem}"));
    }
}
