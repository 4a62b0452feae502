namespace Pleiad.Kernel;

/// <summary>How long a failed actor waits before it is made anew, and how often it may.</summary>
/// <remarks>The n-th restart within <see cref="Window"/> waits <see cref="First"/> · 2ⁿ⁻¹, at most <see cref="Longest"/>; its messages wait with it.</remarks>
public sealed record RestartBackoff
{
    /// <summary>The most <see cref="RestartsMax"/> can be: each is remembered for the window.</summary>
    public const int RestartsLimit = 100_000;

    /// <summary>10 restarts a minute, after 100 ms, 200 ms, … 10 s.</summary>
    public static RestartBackoff Default { get; } = new();

    /// <summary>No wait; 10 restarts a minute.</summary>
    public static RestartBackoff Immediate { get; } = new() { First = TimeSpan.Zero };

    /// <summary>Restarts within the window; one failure more stops the actor. 0 to <see cref="RestartsLimit"/>.</summary>
    public int RestartsMax
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, RestartsLimit);
            field = value;
        }
    } = 10;

    /// <summary>How long a restart counts.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait before the first restart of a window.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>No wait is longer.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait before a restart.</summary>
    /// <param name="restart">1 for the first in its window.</param>
    public TimeSpan DelayOf(int restart)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(restart, 1);
        double ticks = First.Ticks * Math.Pow(2, Math.Min(restart - 1, 62));
        return ticks < Longest.Ticks ? TimeSpan.FromTicks((long)ticks) : Longest;
    }
}
