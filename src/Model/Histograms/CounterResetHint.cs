namespace Pleiad.Model;

/// <summary>What is known about a counter reset before a native histogram sample.</summary>
public enum CounterResetHint
{
    /// <summary>Nothing is known: compare with the sample before.</summary>
    Unknown = 0,

    /// <summary>There was a reset.</summary>
    Reset = 1,

    /// <summary>There was none.</summary>
    NotReset = 2,

    /// <summary>The histogram is a gauge; resets mean nothing.</summary>
    Gauge = 3,
}
