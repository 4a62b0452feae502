namespace Pleiad.Actors;

/// <summary>
/// Room in memory for what the shards of a node give to their journals again, however many are taken at once: it waits beside what comes in. Who comes first has
/// room first. Thread-safe.
/// </summary>
internal sealed class RestoreRoom
{
    // So many that a record of ordinary size is not alone in a piece, and not more than one commit takes.
    private const long PieceBytesMin = 256 << 10;
    private const long PieceBytesMax = 4 << 20;

    private readonly Lock _gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Taken)> _waiting = new();
    private readonly long _bytesMax;
    private long _free;
    private int _shards;

    /// <param name="bytesMax">Of all of them.</param>
    public RestoreRoom(long bytesMax) => _bytesMax = _free = bytesMax;

    /// <summary>Bytes that a shard should take at a time: with few others more of a commit, with many so much that none of them waits for long.</summary>
    public long PieceBytes
    {
        get
        {
            lock (_gate)
            {
                return Math.Clamp(_bytesMax / Math.Max(_shards, 1), PieceBytesMin, PieceBytesMax);
            }
        }
    }

    /// <summary>One more shard takes room from now on.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            _shards++;
        }
    }

    /// <summary>It takes no more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _shards--;
        }
    }

    /// <summary>Completes when there is room; <see cref="Give"/> as many back. What is more than all of it has it alone.</summary>
    public Task TakeAsync(long bytes)
    {
        lock (_gate)
        {
            var next = (Bytes: Math.Min(bytes, _bytesMax), Taken: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiting.Enqueue(next);
            LetIn();
            return next.Taken.Task;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Give(long bytes)
    {
        lock (_gate)
        {
            _free += Math.Min(bytes, _bytesMax);
            LetIn();
        }
    }

    private void LetIn()
    {
        while (_waiting.TryPeek(out (long Bytes, TaskCompletionSource Taken) first) && first.Bytes <= _free)
        {
            _free -= first.Bytes;
            _waiting.Dequeue().Taken.SetResult();
        }
    }
}
