namespace Pleiad.Model;

/// <summary>An exemplar: one observation that stands for many, usually with a trace id among its labels.</summary>
/// <param name="Labels">Labels of the exemplar itself, not of its series.</param>
/// <param name="Value">The observed value.</param>
/// <param name="At">When it was observed; null where the page gave no time.</param>
public sealed record Exemplar(Labels Labels, double Value, Timestamp? At);
