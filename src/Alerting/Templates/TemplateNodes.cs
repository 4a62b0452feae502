namespace Pleiad.Alerting;

/// <summary>A part of a template that has been read; prints itself as Go's messages show it.</summary>
/// <param name="At">Where it begins, in UTF-16 units of the text.</param>
internal abstract record TemplateNode(int At);

/// <summary>Text that is copied.</summary>
internal sealed record TextNode(int At, string Text) : TemplateNode(At);

/// <summary><c>{{ pipeline }}</c></summary>
internal sealed record ActionNode(int At, PipeNode Pipe) : TemplateNode(At)
{
    public override string ToString() => $"{{{{{Pipe}}}}}";
}

/// <summary>What <c>if</c>, <c>range</c> and <c>with</c> have in common.</summary>
internal sealed record BranchNode(int At, BranchKind Kind, PipeNode Pipe, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else)
    : TemplateNode(At);

internal enum BranchKind
{
    If,
    Range,
    With,
}

/// <summary><c>{{ break }}</c> or <c>{{ continue }}</c></summary>
internal sealed record LeaveNode(int At, bool Break) : TemplateNode(At);

/// <summary><c>{{ template "name" pipeline }}</c></summary>
internal sealed record CallTemplateNode(int At, string Name, PipeNode? Pipe) : TemplateNode(At)
{
    public override string ToString() => $"{{{{template {Pleiad.Model.QuotedText.Of(Name)}{(Pipe is null ? string.Empty : " " + Pipe)}}}}}";
}

/// <summary>Commands, each fed with what the one before yields; may declare or assign variables.</summary>
internal sealed record PipeNode(int At, IReadOnlyList<string> Variables, bool IsAssign, IReadOnlyList<CommandNode> Commands) : TemplateNode(At)
{
    public override string ToString() =>
        (Variables.Count == 0 ? string.Empty : string.Join(", ", Variables) + (IsAssign ? " = " : " := ")) + string.Join(" | ", Commands);
}

/// <summary>A value, or a function with its arguments.</summary>
internal sealed record CommandNode(int At, IReadOnlyList<TemplateNode> Args) : TemplateNode(At)
{
    public override string ToString() => string.Join(' ', Args.Select(arg => arg is PipeNode ? $"({arg})" : arg.ToString()));
}

/// <summary>The name of a function.</summary>
internal sealed record FunctionNode(int At, string Name) : TemplateNode(At)
{
    public override string ToString() => Name;
}

/// <summary><c>$x.Field.Field</c></summary>
internal sealed record VariableNode(int At, string Name, IReadOnlyList<string> Fields) : TemplateNode(At)
{
    public override string ToString() => Name + string.Concat(Fields.Select(field => "." + field));
}

/// <summary><c>.Field.Field</c></summary>
internal sealed record FieldNode(int At, IReadOnlyList<string> Fields) : TemplateNode(At)
{
    public override string ToString() => string.Concat(Fields.Select(field => "." + field));
}

/// <summary><c>(pipeline).Field.Field</c></summary>
internal sealed record ChainNode(int At, TemplateNode Of, IReadOnlyList<string> Fields) : TemplateNode(At)
{
    public override string ToString() => (Of is PipeNode ? $"({Of})" : Of.ToString()) + string.Concat(Fields.Select(field => "." + field));
}

/// <summary><c>.</c></summary>
internal sealed record DotNode(int At) : TemplateNode(At)
{
    public override string ToString() => ".";
}

/// <summary><c>nil</c></summary>
internal sealed record NilNode(int At) : TemplateNode(At)
{
    public override string ToString() => "nil";
}

/// <summary>A number, text or truth value.</summary>
/// <param name="Written">As in the text.</param>
internal sealed record ConstantNode(int At, object Value, string Written) : TemplateNode(At)
{
    public override string ToString() => Written;
}
