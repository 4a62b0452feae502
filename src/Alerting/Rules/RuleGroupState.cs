using System.Diagnostics;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>What holds for all rules of a server.</summary>
/// <param name="ExternalLabels">Of this server; templates see them.</param>
/// <param name="ExternalUrl">Where this server is reached from outside; templates see it.</param>
/// <param name="QueryOffset">How far in the past groups are evaluated that say nothing themselves.</param>
public sealed record RuleSettings(Labels ExternalLabels, string ExternalUrl, TimeSpan QueryOffset);

/// <summary>How the last evaluation of a rule went.</summary>
public enum RuleHealth
{
    /// <summary>There was none.</summary>
    Unknown,

    /// <summary>Well.</summary>
    Good,

    /// <summary>It failed.</summary>
    Bad,
}

/// <summary>One rule between two evaluations. Immutable.</summary>
/// <param name="Rule">The rule.</param>
public sealed record RuleState(Rule Rule)
{
    /// <summary>How the last evaluation went.</summary>
    public RuleHealth Health { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? LastError { get; init; }

    /// <summary>When it was; null where there was none.</summary>
    public Timestamp? LastEvaluation { get; init; }

    /// <summary>The series it wrote then: those that do not come again get a stale marker.</summary>
    public IReadOnlyCollection<Labels> Written { get; init; } = [];

    /// <summary>Alerts by their labels, those that are over included; empty for a recording rule.</summary>
    public IReadOnlyDictionary<Labels, Alert> Alerts { get; init; } = new Dictionary<Labels, Alert>();
}

/// <summary>
/// A rule group as a pure state machine: it says what is to be asked and written, is told what came of it, and goes on. One effect at a time.
/// </summary>
/// <param name="Group">Its rules.</param>
/// <param name="Settings">What holds for all rules.</param>
/// <param name="Rules">The rules, in the order of the group.</param>
public sealed record RuleGroupState(RuleGroup Group, RuleSettings Settings, IReadOnlyList<RuleState> Rules)
{
    private Turn? Under { get; init; }

    /// <summary>Whether an evaluation is under way.</summary>
    public bool IsBusy => Under is not null;

    /// <summary>How far in the past it is evaluated.</summary>
    public TimeSpan QueryOffset => Group.QueryOffset ?? Settings.QueryOffset;

    /// <summary>A group that was never evaluated.</summary>
    public static RuleGroupState New(RuleGroup group, RuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new(group, settings, [.. group.Rules.Select(rule => new RuleState(rule))]);
    }

    /// <summary>The group after an event, and what is to be done next.</summary>
    /// <exception cref="InvalidOperationException">The event does not belong to what is under way.</exception>
    public (RuleGroupState Next, RuleEffect Effect) On(RuleEvent happened) => (happened, Under) switch
    {
        (EvaluationDue due, null) => Ask(this, new Turn(due.At, 0)),
        (QueryAnswered answer, { Step: TurnStep.Query } turn) => RuleVector.Of(answer.Value) is { } vector
            ? Evaluate(turn with { Vector = vector })
            : Failed(turn, RuleVector.NoVector),
        (QueryFailed failure, { Step: TurnStep.Query } turn) => Failed(turn, failure.Problem),
        (QueryAnswered answer, { Step: TurnStep.Template } turn) => Evaluate(turn with { Queries = Answered(turn, answer.Value) }),
        (QueryFailed failure, { Step: TurnStep.Template } turn) => Evaluate(
            turn with { Queries = turn.Queries.WithFailure(turn.TemplateQuery!, failure.Problem) }),
        (SamplesWritten written, { Step: TurnStep.Write } turn) => Written(turn, written.Refused),
        _ => throw new InvalidOperationException($"{happened.GetType().Name} does not belong to what is under way in group {Group.Name}"),
    };

    private static TemplateQueries Answered(Turn turn, QueryValue value) => RuleVector.Of(value) is { } vector
        ? turn.Queries.With(
            turn.TemplateQuery!,
            [.. vector.Select(sample => new TemplateSample(sample.Labels, sample.Histogram is null ? sample.Value : sample.Histogram))])
        : turn.Queries.WithFailure(turn.TemplateQuery!, RuleVector.NoVector);

    private (RuleGroupState, RuleEffect) Ask(RuleGroupState group, Turn turn)
    {
        if (turn.Place == Rules.Count)
        {
            return (group with { Under = null }, new EvaluationEnded(turn.At));
        }

        Rule rule = Rules[turn.Place].Rule;
        return (
            group with { Under = turn with { Step = TurnStep.Query, Queries = TemplateQueries.None } },
            new AskQuery(rule.Query, rule.Parsed, turn.At - QueryOffset));
    }

    private (RuleGroupState, RuleEffect) Evaluate(Turn turn)
    {
        RuleState state = Rules[turn.Place];
        Timestamp asked = turn.At - QueryOffset;
        List<RuleSample> samples;
        try
        {
            if (state.Rule is AlertingRule alerting)
            {
                Dictionary<Labels, Alert> alerts = AlertingEvaluation.Step(
                    alerting, state.Alerts, turn.Vector, turn.At, Settings, turn.Queries);
                state = state with { Alerts = alerts };
                AlertingEvaluation.CheckLimit(alerts, Group.Limit);
                samples = AlertingEvaluation.Samples(alerting, alerts, asked);
            }
            else
            {
                samples = RecordingEvaluation.Samples((RecordingRule)state.Rule, turn.Vector, asked, Group.Limit);
            }
        }
        catch (TemplateQueryWantedException e)
        {
            return AskForTemplate(turn, e.Query);
        }
        catch (RuleFailureException e)
        {
            // A rule beyond its limit forgets its alerts.
            bool forget = !ReferenceEquals(state, Rules[turn.Place]);
            return Failed(turn, e.Message, forget ? state with { Alerts = new Dictionary<Labels, Alert>() } : state);
        }

        state = state with { Health = RuleHealth.Good, LastError = null, LastEvaluation = turn.At };
        HashSet<Labels> returned = [.. samples.Select(sample => sample.Labels)];
        samples.AddRange(state.Written.Where(gone => !returned.Contains(gone)).Select(gone => RuleSample.Stale(gone, asked)));
        Turn writing = turn with { Step = TurnStep.Write, Returned = returned };
        return samples.Count == 0
            ? Ask(With(turn.Place, state with { Written = returned }), writing with { Place = turn.Place + 1 })
            : (With(turn.Place, state) with { Under = writing }, new WriteSamples(samples));
    }

    private (RuleGroupState, RuleEffect) AskForTemplate(Turn turn, string query) => turn.Queries.Count == TemplateLimits.QueriesMax
        ? Evaluate(turn with { Queries = turn.Queries.WithFailure(query, $"a template may ask at most {TemplateLimits.QueriesMax} queries") })
        : (this with { Under = turn with { Step = TurnStep.Template, TemplateQuery = query } }, new AskQuery(query, null, turn.At));

    private (RuleGroupState, RuleEffect) Failed(Turn turn, string problem, RuleState? state = null) => Ask(
        With(turn.Place, (state ?? Rules[turn.Place]) with { Health = RuleHealth.Bad, LastError = problem, LastEvaluation = turn.At }),
        turn with { Place = turn.Place + 1 });

    private (RuleGroupState, RuleEffect) Written(Turn turn, IReadOnlyList<RefusedSample> refused)
    {
        Debug.Assert(turn.Returned is not null, "what was written is known");
        RuleState state = Rules[turn.Place];
        HashSet<Labels> written = turn.Returned!;
        if (refused.Count > 0)
        {
            written = [.. written.Except(refused.Select(sample => sample.Labels))];
            RefusedSample? real = refused.LastOrDefault(sample => turn.Returned!.Contains(sample.Labels));
            state = real is null ? state : state with { Health = RuleHealth.Bad, LastError = real.Problem };
        }

        return Ask(With(turn.Place, state with { Written = written }), turn with { Place = turn.Place + 1 });
    }

    private RuleGroupState With(int place, RuleState state)
    {
        RuleState[] rules = [.. Rules];
        rules[place] = state;
        return this with { Rules = rules };
    }

    private enum TurnStep
    {
        Query,
        Template,
        Write,
    }

    // One evaluation under way: which rule, and how far.
    private sealed record Turn(Timestamp At, int Place)
    {
        public TurnStep Step { get; init; }

        public IReadOnlyList<VectorSample> Vector { get; init; } = [];

        public TemplateQueries Queries { get; init; } = TemplateQueries.None;

        public string? TemplateQuery { get; init; }

        public HashSet<Labels>? Returned { get; init; }
    }
}
