namespace Pleiad.Model;

/// <summary>What the user should hear about an operation on native histograms.</summary>
[Flags]
public enum HistogramRemarks
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>One operand says there was a counter reset, the other that there was none: "conflicting counter resets".</summary>
    ResetsConflict = 1,

    /// <summary>Custom bounds differ; the result has those that both had: "mismatched custom buckets were reconciled".</summary>
    BoundsReconciled = 2,
}
