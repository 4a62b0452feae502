using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// A node of a plan: plain data for one run of a query, durations and <c>@</c> resolved, nothing of the storage in it.
/// Passes rewrite plans; <see cref="OperatorBuilder"/> turns one into operators.
/// </summary>
/// <param name="Type">What it yields.</param>
/// <param name="Steps">The instants it is evaluated at.</param>
/// <param name="Span">Where its expression stands in the text.</param>
internal abstract record PlanNode(ExprType Type, Steps Steps, SourceSpan Span)
{
    /// <summary>What it reads from, in order.</summary>
    public virtual IReadOnlyList<PlanNode> Inputs => [];

    /// <summary>The same node over other inputs.</summary>
    /// <param name="inputs">As many as <see cref="Inputs"/>.</param>
    public virtual PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => this;

    /// <summary>The node in a line, without its inputs.</summary>
    public abstract string Describe();

    /// <summary>What this node and everything below reads of storage; null where it reads nothing.</summary>
    public virtual TimeRange? Reads
    {
        get
        {
            TimeRange? all = null;
            foreach (PlanNode input in Inputs)
            {
                if (input.Reads is { } range)
                {
                    all = all is { } sofar
                        ? new TimeRange(Math.Min(sofar.After, range.After), Math.Max(sofar.Through, range.Through))
                        : range;
                }
            }

            return all;
        }
    }

    /// <summary>Rewrites bottom up: inputs first, then the node itself.</summary>
    public PlanNode Rewrite(Func<PlanNode, PlanNode> change)
    {
        IReadOnlyList<PlanNode> inputs = Inputs;
        if (inputs.Count == 0)
        {
            return change(this);
        }

        var next = new PlanNode[inputs.Count];
        bool changed = false;
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = inputs[i].Rewrite(change);
            changed |= !ReferenceEquals(next[i], inputs[i]);
        }

        return change(changed ? WithInputs(next) : this);
    }
}

/// <summary>A number.</summary>
internal sealed record ConstantNode(double Value, Steps Steps, SourceSpan Span) : PlanNode(ExprType.Scalar, Steps, Span)
{
    public override string Describe() => "constant " + Value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A string.</summary>
internal sealed record TextNode(string Value, Steps Steps, SourceSpan Span) : PlanNode(ExprType.String, Steps, Span)
{
    public override string Describe() => "text " + QuotedText.Of(Value);
}

/// <summary>What an instant selector takes of the sample it finds.</summary>
internal enum SampleFacet
{
    /// <summary>Its value.</summary>
    Value,

    /// <summary>Its time, in seconds.</summary>
    Time,

    /// <summary>Its time, in seconds; a histogram is an error: info series are floats.</summary>
    TimeOfFloat,

    /// <summary>Its start timestamp, in seconds.</summary>
    StartTime,
}

/// <summary>An instant vector selector.</summary>
/// <param name="FindsResets">Histograms that do not say whether they follow a reset are compared with the one before, see <see cref="FoundResets"/>.</param>
internal sealed record InstantSelectNode(
    IReadOnlyList<Matcher> Matchers, SelectorWindow Window, SampleFacet Facet, bool FindsResets, Steps Steps, SourceSpan Span)
    : PlanNode(ExprType.Vector, Steps, Span)
{
    /// <summary>How the samples it finds are counted.</summary>
    public CountedAs Counted { get; init; }

    /// <summary>Rollups that may say it instead; null for none.</summary>
    public RollupSelect? Rollup { get; init; }

    public override TimeRange? Reads => Window.ReadsOver(Steps);

    public override string Describe() =>
        $"select {{{string.Join(", ", Matchers)}}} {Window}" + (Facet == SampleFacet.Value ? string.Empty : $" of {Facet}") + Rollup;
}

/// <summary>A range vector selector.</summary>
/// <param name="FindsResets">As in <see cref="InstantSelectNode"/>.</param>
internal sealed record RangeSelectNode(
    IReadOnlyList<Matcher> Matchers, SelectorWindow Window, bool FindsResets, Steps Steps, SourceSpan Span)
    : PlanNode(ExprType.Matrix, Steps, Span)
{
    /// <summary>Rollups that may say it instead; null for none.</summary>
    public RollupSelect? Rollup { get; init; }

    public override TimeRange? Reads => Window.ReadsOver(Steps);

    public override string Describe() => $"select {{{string.Join(", ", Matchers)}}} {Window}{Rollup}";
}

/// <summary>A subquery: the inner plan on its own steps, read back as ranges.</summary>
internal sealed record SubqueryNode(PlanNode Inner, SelectorWindow Window, Steps Steps, SourceSpan Span)
    : PlanNode(ExprType.Matrix, Steps, Span)
{
    public override IReadOnlyList<PlanNode> Inputs => [Inner];

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => this with { Inner = inputs[0] };

    public override string Describe() => $"subquery {Window} over {Inner.Steps}";
}

/// <summary>A part that does not depend on the step: evaluated once, repeated for all steps.</summary>
internal sealed record StepInvariantNode(PlanNode Inner, Steps Steps, SourceSpan Span) : PlanNode(Inner.Type, Steps, Span)
{
    public override IReadOnlyList<PlanNode> Inputs => [Inner];

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => this with { Inner = inputs[0] };

    public override string Describe() => "once for all steps";
}

/// <summary>A function of one range vector and scalars.</summary>
/// <param name="ArgSpans">Where the arguments stand, in the order of the call.</param>
/// <param name="Name">Name of the function.</param>
/// <param name="Range">The range vector.</param>
/// <param name="Scalars">The scalar arguments in order.</param>
internal sealed record RangeCallNode(
    string Name, PlanNode Range, IReadOnlyList<PlanNode> Scalars, IReadOnlyList<SourceSpan> ArgSpans, Steps Steps, SourceSpan Span)
    : PlanNode(ExprType.Vector, Steps, Span)
{
    /// <summary>How the samples of its windows are counted.</summary>
    public CountedAs Counted { get; init; }

    public override IReadOnlyList<PlanNode> Inputs => [Range, .. Scalars];

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => this with { Range = inputs[0], Scalars = [.. inputs.Skip(1)] };

    public override string Describe() => Name;
}

/// <summary>Any other function.</summary>
/// <param name="AbsentLabels">Labels of the result, for the absent functions; else empty.</param>
internal sealed record CallNode(
    string Name, IReadOnlyList<PlanNode> Args, IReadOnlyList<SourceSpan> ArgSpans, Labels AbsentLabels, ExprType Type, Steps Steps, SourceSpan Span)
    : PlanNode(Type, Steps, Span)
{
    public override IReadOnlyList<PlanNode> Inputs => Args;

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => this with { Args = inputs };

    public override string Describe() => Name;
}

/// <summary><c>info(v, {matchers})</c>: the vector, and what says which info series and labels to take.</summary>
/// <param name="Window">Offset and <c>@</c> of the first selector inside <paramref name="Base"/>, which the info series are read with.</param>
internal sealed record InfoNode(PlanNode Base, IReadOnlyList<Matcher> Matchers, SelectorWindow Window, Steps Steps, SourceSpan Span)
    : PlanNode(ExprType.Vector, Steps, Span)
{
    public override IReadOnlyList<PlanNode> Inputs => [Base];

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => this with { Base = inputs[0] };

    public override string Describe() => $"info {{{string.Join(", ", Matchers)}}}";
}

/// <summary>An aggregation.</summary>
/// <param name="Op">Which.</param>
/// <param name="Inner">What is aggregated.</param>
/// <param name="Parameter">A scalar or text, or null.</param>
/// <param name="Without">True: group by all labels but <paramref name="Grouping"/>.</param>
/// <param name="Grouping">Label names.</param>
/// <param name="InnerSpan">Where the inner expression stands.</param>
/// <param name="ParameterSpan">Where the parameter stands.</param>
internal sealed record AggregateNode(
    AggregateOp Op, PlanNode Inner, PlanNode? Parameter, bool Without, IReadOnlyList<string> Grouping,
    SourceSpan InnerSpan, SourceSpan ParameterSpan, Steps Steps, SourceSpan Span)
    : PlanNode(ExprType.Vector, Steps, Span)
{
    public override IReadOnlyList<PlanNode> Inputs => Parameter is null ? [Inner] : [Inner, Parameter];

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) =>
        this with { Inner = inputs[0], Parameter = inputs.Count > 1 ? inputs[1] : null };

    public override string Describe() =>
        $"{Operators.NameOf(Op)} {(Without ? "without" : "by")} ({string.Join(", ", Grouping)})";
}

/// <summary>Two inputs and an operator.</summary>
internal sealed record BinaryNode(
    BinaryOp Op, PlanNode Left, PlanNode Right, bool ReturnBool, VectorMatching? Matching, ExprType Type, Steps Steps, SourceSpan Span)
    : PlanNode(Type, Steps, Span)
{
    public override IReadOnlyList<PlanNode> Inputs => [Left, Right];

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => this with { Left = inputs[0], Right = inputs[1] };

    public override string Describe()
    {
        string text = Operators.TextOf(Op) + (ReturnBool ? " bool" : string.Empty);
        return Matching is { } m
            ? $"{text} {m.Cardinality} {(m.On ? "on" : "ignoring")} ({string.Join(", ", m.Labels)})"
            : text;
    }
}

/// <summary>A minus in front.</summary>
internal sealed record NegateNode(PlanNode Inner, Steps Steps, SourceSpan Span) : PlanNode(Inner.Type, Steps, Span)
{
    public override IReadOnlyList<PlanNode> Inputs => [Inner];

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => this with { Inner = inputs[0] };

    public override string Describe() => "negate";
}
