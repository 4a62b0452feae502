namespace Pleiad.Actors;

/// <summary>How long the newest answers took. Safe for many threads.</summary>
internal sealed class LatencyWindow
{
    /// <summary>Answers that are remembered.</summary>
    public const int Size = 128;

    // With fewer, the slowest says more about chance than about the other nodes.
    private const int Least = 20;

    private readonly Lock _gate = new();
    private readonly long[] _ticks = new long[Size];
    private long _count;

    /// <summary>Remembers one.</summary>
    public void Add(TimeSpan took)
    {
        lock (_gate)
        {
            _ticks[_count++ % Size] = took.Ticks;
        }
    }

    /// <summary>95 of 100 answers took at most this; zero while there are too few to say.</summary>
    public TimeSpan P95()
    {
        long[] sorted;
        lock (_gate)
        {
            if (_count < Least)
            {
                return TimeSpan.Zero;
            }

            sorted = _ticks.AsSpan(0, (int)Math.Min(_count, Size)).ToArray();
        }

        Array.Sort(sorted);
        return TimeSpan.FromTicks(sorted[(sorted.Length * 95 / 100)]);
    }
}
