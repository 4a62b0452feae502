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

/// <summary>What the hints of two histograms say of their sum or difference.</summary>
public static class CounterResetHints
{
    /// <summary>One hint of two: a gauge makes a gauge, else what they agree on.</summary>
    /// <param name="conflict">Whether one says there was a reset and the other that there was none.</param>
    public static CounterResetHint Joined(CounterResetHint left, CounterResetHint right, out bool conflict)
    {
        conflict = false;
        if (left == right || left == CounterResetHint.Gauge || right == CounterResetHint.Gauge)
        {
            return left == right ? left : CounterResetHint.Gauge;
        }

        conflict = left != CounterResetHint.Unknown && right != CounterResetHint.Unknown;
        return CounterResetHint.Unknown;
    }
}
