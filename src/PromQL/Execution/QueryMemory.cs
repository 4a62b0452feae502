namespace Pleiad.PromQL;

/// <summary>What all queries of an engine hold together. Safe for many threads.</summary>
internal sealed class QueryMemory
{
    private readonly long _bytesMaxEver;
    private readonly Lock _looking = new();
    private long _bytesMax;
    private long _held;

    /// <summary>Nothing is held yet.</summary>
    /// <param name="bytesMax">Bytes at most, ever.</param>
    public QueryMemory(long bytesMax) => _bytesMaxEver = _bytesMax = bytesMax;

    /// <summary>Bytes at most, at present.</summary>
    public long BytesMax => Volatile.Read(ref _bytesMax);

    /// <summary>Bytes that are taken.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Sets how many bytes more than are taken now may be taken, and how many together in any case, until it is set again; never more than there may be anyway.</summary>
    public void LetTake(long more, long atLeast)
    {
        // What somebody has found is not taken away before it has had its turn.
        lock (_looking)
        {
            long held = Held;
            long most = more >= _bytesMaxEver - held ? _bytesMaxEver : held + more;
            Volatile.Write(ref _bytesMax, Math.Min(Math.Max(most, atLeast), _bytesMaxEver));
        }
    }

    /// <summary>Called before a query is refused, for one at a time: it may let take more. Null for nothing.</summary>
    public Action<long>? BeforeRefusing { get; set; }

    /// <summary>Takes bytes.</summary>
    /// <returns>False where there are not so many left, and where looking for more has not helped: nothing is taken then.</returns>
    public bool TryTake(long bytes)
    {
        if (TryTakeNow(bytes))
        {
            return true;
        }

        if (BeforeRefusing is not { } look || Held + bytes > _bytesMaxEver)
        {
            return false;
        }

        lock (_looking)
        {
            look(bytes);
            return TryTakeNow(bytes);
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _held, -bytes);

    private bool TryTakeNow(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= BytesMax)
        {
            return true;
        }

        Give(bytes);
        return false;
    }
}
