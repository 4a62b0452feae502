namespace Pleiad.PromQL;

/// <summary>What all queries of an engine hold together. Safe for many threads.</summary>
/// <param name="bytesMax">Bytes at most.</param>
internal sealed class QueryMemory(long bytesMax)
{
    private long _held;

    /// <summary>Bytes at most.</summary>
    public long BytesMax => bytesMax;

    /// <summary>Bytes that are taken.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Takes bytes.</summary>
    /// <returns>False where there are not so many left: nothing is taken then.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= bytesMax)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _held, -bytes);
}
