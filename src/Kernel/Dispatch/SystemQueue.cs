using System.Diagnostics;

namespace Pleiad.Kernel;

/// <summary>System messages of one cell: many producers, one consumer, no lock; closed for ever at the cell's end.</summary>
/// <remarks>A stack that is taken whole and turned round (R. K. Treiber, "Systems Programming: Coping with Parallelism", 1986); taking whole avoids its ABA problem.</remarks>
internal sealed class SystemQueue
{
    private static readonly SystemMessage s_closed = new SystemMessage.StopMessage();

    private SystemMessage? _top;

    internal bool IsEmpty
    {
        get
        {
            SystemMessage? top = Volatile.Read(ref _top);
            return top is null || ReferenceEquals(top, s_closed);
        }
    }

    /// <summary>False when closed; the message is then the caller's to answer.</summary>
    internal bool TryEnqueue(SystemMessage message)
    {
        Debug.Assert(message.Next is null);
        while (true)
        {
            SystemMessage? top = Volatile.Read(ref _top);
            if (ReferenceEquals(top, s_closed))
            {
                message.Next = null;
                return false;
            }

            message.Next = top;
            if (Interlocked.CompareExchange(ref _top, message, top) == top)
            {
                return true;
            }
        }
    }

    /// <summary>All messages, oldest first, linked by <see cref="SystemMessage.Next"/>; null when there are none.</summary>
    internal SystemMessage? TakeAll() => ReferenceEquals(Volatile.Read(ref _top), s_closed) ? null : OldestFirst(Interlocked.Exchange(ref _top, null));

    /// <summary>Refuses from now on; returns what was left.</summary>
    internal SystemMessage? Close()
    {
        SystemMessage? rest = Interlocked.Exchange(ref _top, s_closed);
        return ReferenceEquals(rest, s_closed) ? null : OldestFirst(rest);
    }

    private static SystemMessage? OldestFirst(SystemMessage? newest)
    {
        SystemMessage? oldest = null;
        while (newest is not null)
        {
            SystemMessage? next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        return oldest;
    }
}
