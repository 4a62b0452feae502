using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>What happens to a rule group.</summary>
public abstract record RuleEvent;

/// <summary>It is time to evaluate the group.</summary>
public sealed record EvaluationDue(Timestamp At) : RuleEvent;

/// <summary>A query was answered.</summary>
public sealed record QueryAnswered(QueryValue Value) : RuleEvent;

/// <summary>A query failed.</summary>
public sealed record QueryFailed(string Problem) : RuleEvent;

/// <summary>Samples were written, those in the list excepted.</summary>
public sealed record SamplesWritten(IReadOnlyList<RefusedSample> Refused) : RuleEvent;

/// <summary>A sample that was not written.</summary>
/// <param name="Labels">Its series.</param>
/// <param name="Problem">Why.</param>
public sealed record RefusedSample(Labels Labels, string Problem);

/// <summary>What a rule group wants done; it goes on when it is told what came of it.</summary>
public abstract record RuleEffect;

/// <summary>Ask this query at this time.</summary>
/// <param name="Query">The text.</param>
/// <param name="Parsed">The tree, where it was read before: queries of templates are not.</param>
/// <param name="At">The time.</param>
public sealed record AskQuery(string Query, Expr? Parsed, Timestamp At) : RuleEffect;

/// <summary>Write these samples.</summary>
public sealed record WriteSamples(IReadOnlyList<RuleSample> Samples) : RuleEffect;

/// <summary>The evaluation is over; the group waits for the next.</summary>
public sealed record EvaluationEnded(Timestamp At) : RuleEffect;
