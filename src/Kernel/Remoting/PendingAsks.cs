namespace Pleiad.Kernel;

/// <summary>The questions of one connection that have no answer yet.</summary>
internal sealed class PendingAsks(int countMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Pending> _pending = [];
    private ulong _last;
    private string? _closed;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Begins one; null when there are too many, or the connection has broken.</summary>
    /// <param name="deadline">On the clock that <see cref="Expire"/> is told.</param>
    public (ulong Correlation, Task<NodeReply> Reply)? Begin(long deadline)
    {
        lock (_gate)
        {
            if (_closed is not null || _pending.Count >= countMax)
            {
                return null;
            }

            var pending = new Pending(deadline);
            _pending.Add(++_last, pending);
            return (_last, pending.Task);
        }
    }

    /// <summary>Ends one; what has ended already is not there.</summary>
    public void End(ulong correlation, NodeReply reply)
    {
        Pending? pending;
        lock (_gate)
        {
            _pending.Remove(correlation, out pending);
        }

        pending?.SetResult(reply);
    }

    /// <summary>Ends those whose time is over.</summary>
    public void Expire(long now)
    {
        List<Pending>? over = null;
        lock (_gate)
        {
            foreach ((ulong correlation, Pending pending) in _pending)
            {
                if (pending.Deadline <= now)
                {
                    (over ??= []).Add(pending);
                    _pending.Remove(correlation);
                }
            }
        }

        over?.ForEach(static pending => pending.SetResult(NodeReply.Without(ReplyResult.TimedOut, "no answer came in time")));
    }

    /// <summary>Ends all: the connection has broken.</summary>
    public void Close(string reason)
    {
        Pending[] all;
        lock (_gate)
        {
            _closed = reason;
            all = [.. _pending.Values];
            _pending.Clear();
        }

        foreach (Pending pending in all)
        {
            pending.SetResult(NodeReply.Without(ReplyResult.Unreachable, reason));
        }
    }

    private sealed class Pending(long deadline) : TaskCompletionSource<NodeReply>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Deadline { get; } = deadline;
    }
}
