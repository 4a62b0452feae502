using System.Globalization;

namespace Pleiad.PromQL;

/// <summary>What a query may hold and read, over all threads that work for it. Disposed when nothing of it is held any longer.</summary>
/// <param name="settings">The limits.</param>
/// <param name="memory">What all queries may hold together; null where nobody counts that.</param>
internal sealed class QueryBudget(EngineSettings settings, QueryMemory? memory) : IDisposable
{
    // Memory is taken in such pieces, and kept until the end: the count that all queries share is touched seldom.
    private const long ReserveBytes = 1 << 16;

    private long _held;
    private long _peak;
    private long _bytes;
    private long _series;
    private long _room;
    private long _reserved;
    private bool _ended;

    /// <summary>Samples held now, but for what threads keep to themselves.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Most samples held at once.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Samples that may still be held.</summary>
    public long Left => settings.SamplesMax - Held;

    /// <summary>What one thread may keep to itself before it tells: nothing of a small budget.</summary>
    public long SlackMax { get; } = Math.Min(4096, settings.SamplesMax / 1024);

    /// <summary>Series that one thread may read before it tells.</summary>
    public long SeriesSlackMax { get; } = Math.Min(64, settings.SeriesMax / 1024);

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

        if (held > settings.SamplesMax)
        {
            throw QueryContext.TooManySamples();
        }

        Reserve();
    }

    /// <summary>Counts samples as no longer held.</summary>
    public void Give(long samples) => Interlocked.Add(ref _held, -samples);

    /// <summary>Counts bytes of labels, which are held to the end.</summary>
    /// <exception cref="QueryException">They are more than the limit.</exception>
    public void TakeBytes(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > settings.BytesMax)
        {
            throw new QueryException(
                QueryErrorKind.Execution,
                $"the labels that the query makes or answers with take more than {settings.BytesMax.ToString(CultureInfo.InvariantCulture)} bytes")
            {
                Limit = "bytes",
            };
        }

        Reserve();
    }

    /// <summary>Counts bytes that are held to the end beside samples: what a column has room for, whether or not there is a sample at each step.</summary>
    /// <exception cref="QueryException">All queries together hold too much.</exception>
    public void TakeRoom(long bytes)
    {
        Interlocked.Add(ref _room, bytes);
        Reserve();
    }

    /// <summary>Counts series as read.</summary>
    /// <exception cref="QueryException">They are more than the limit.</exception>
    public void TakeSeries(long series)
    {
        if (Interlocked.Add(ref _series, series) > settings.SeriesMax)
        {
            throw QueryException.TooManySeries(settings.SeriesMax);
        }
    }

    /// <summary>Gives back what was taken of the memory of all queries.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _ended, true);
        GiveBack();
    }

    private void Reserve()
    {
        if (memory is null)
        {
            return;
        }

        while (true)
        {
            long lacking = (Held * EngineSettings.BytesEachSample) + Volatile.Read(ref _bytes) + Volatile.Read(ref _room) - Volatile.Read(ref _reserved);
            if (lacking <= 0)
            {
                return;
            }

            long more = ((lacking / ReserveBytes) + 1) * ReserveBytes;
            if (!memory.TryTake(more))
            {
                throw new QueryException(
                    QueryErrorKind.Unavailable,
                    $"the queries of this node would hold more than {memory.BytesMax.ToString(CultureInfo.InvariantCulture)} bytes together; try again later")
                {
                    Limit = "memory",
                };
            }

            Interlocked.Add(ref _reserved, more);
            if (Volatile.Read(ref _ended))
            {
                // What another node still answers to a query that has failed already.
                GiveBack();
                return;
            }
        }
    }

    private void GiveBack() => memory?.Give(Interlocked.Exchange(ref _reserved, 0));
}
