namespace Pleiad.PromQL;

/// <summary>The samples a query may hold, over all threads that work for it.</summary>
/// <param name="max">Samples.</param>
internal sealed class SampleBudget(long max)
{
    private long _held;
    private long _peak;

    /// <summary>Samples held now, but for what threads keep to themselves.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Most samples held at once.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Samples that may still be held.</summary>
    public long Left => max - Held;

    /// <summary>What one thread may keep to itself before it tells: nothing of a small budget.</summary>
    public long SlackMax { get; } = Math.Min(4096, max / 1024);

    /// <summary>Counts samples as held.</summary>
    /// <exception cref="QueryException">They are more than the limit.</exception>
    public void Take(long samples)
    {
        long held = Interlocked.Add(ref _held, samples);
        long peak = Volatile.Read(ref _peak);
        while (held > peak)
        {
            long seen = Interlocked.CompareExchange(ref _peak, held, peak);
            if (seen == peak)
            {
                break;
            }

            peak = seen;
        }

        if (held > max)
        {
            throw QueryContext.TooManySamples();
        }
    }

    /// <summary>Counts samples as no longer held.</summary>
    public void Give(long samples) => Interlocked.Add(ref _held, -samples);
}
