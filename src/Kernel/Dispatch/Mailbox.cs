using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pleiad.Kernel;

/// <summary>User messages of one actor, bounded: producers share a lock, the consumer takes none, and nothing is allocated once the ring has grown to its use.</summary>
/// <remarks>
/// Messages stand at ever growing positions in rings that are chained when one is full, so an idle actor costs 16 slots and a busy one as many as it has waiting.
/// Against a bounded channel of System.Threading.Channels, whose consumer locks too: bench/Bench/MailboxTurnBench.cs.
/// </remarks>
internal sealed class Mailbox
{
    private const int FirstRingLength = 16;

    private readonly Lock _producers = new();
    private readonly int _capacity;
    private readonly int _ringLengthMax;
    private readonly bool _dropOldest;
    private readonly int _waitersMax;

    private Cursors _cursors;
    private Ring _tailRing;
    private Ring _headRing;
    private LinkedList<TellWaiter>? _waiters;
    private int _waiterCount;
    private bool _closed;

    internal Mailbox(MailboxSettings settings)
    {
        _capacity = settings.Capacity;
        _dropOldest = settings.WhenFull == MailboxFull.DropOldest;
        _waitersMax = settings.WaitersMax;
        _ringLengthMax = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(_capacity, FirstRingLength));
        _tailRing = _headRing = new Ring(FirstRingLength, first: 0);
    }

    /// <summary>Messages waiting; exact when neither side is at work.</summary>
    internal int Count => (int)(Volatile.Read(ref _cursors.Tail) - Volatile.Read(ref _cursors.Head));

    internal bool IsEmpty => Volatile.Read(ref _cursors.Tail) == Volatile.Read(ref _cursors.Head);

    internal bool HasWaiters => Volatile.Read(ref _waiterCount) > 0;

    /// <summary>From any thread.</summary>
    /// <param name="envelope">The new message.</param>
    /// <param name="dropped">With the policy to drop the oldest: what fell out, if its message is not null.</param>
    internal TellOutcome TryEnqueue(in Envelope envelope, out Envelope dropped)
    {
        dropped = default;
        lock (_producers)
        {
            if (_closed)
            {
                return TellOutcome.Stopped;
            }

            if (_waiterCount > 0)
            {
                return TellOutcome.MailboxFull;
            }

            if (IsFull())
            {
                if (!_dropOldest || !TryTakeOldestDroppable(out dropped))
                {
                    return TellOutcome.MailboxFull;
                }
            }

            Append(envelope);
            return TellOutcome.Accepted;
        }
    }

    /// <summary>Beyond the capacity too: for what the actor itself began. False when closed.</summary>
    internal bool EnqueueReserved(in Envelope envelope)
    {
        lock (_producers)
        {
            if (_closed)
            {
                return false;
            }

            Append(envelope);
            return true;
        }
    }

    /// <summary>Queues up for room. The caller must afterwards call <see cref="AdmitWaiters"/>: room may have come meanwhile.</summary>
    /// <returns>False when closed or too many wait.</returns>
    internal TellOutcome TryWait(TellWaiter waiter)
    {
        lock (_producers)
        {
            if (_closed)
            {
                return TellOutcome.Stopped;
            }

            if (_waiterCount >= _waitersMax)
            {
                return TellOutcome.MailboxFull;
            }

            _waiters ??= new LinkedList<TellWaiter>();
            waiter.Place = _waiters.AddLast(waiter);
            Volatile.Write(ref _waiterCount, _waiterCount + 1);
        }

        // Either this thread sees the room, or the consumer, who passes a barrier at the end of its turn, sees the waiter.
        Interlocked.MemoryBarrier();
        return TellOutcome.Accepted;
    }

    /// <summary>The waiter gave up. False when its message is in already.</summary>
    internal bool Withdraw(TellWaiter waiter)
    {
        lock (_producers)
        {
            if (waiter.Place is not { } place)
            {
                return false;
            }

            RemoveWaiter(place);
            return true;
        }
    }

    /// <summary>Lets in as many waiters as there is room for.</summary>
    /// <returns>Whether any message was put in.</returns>
    internal bool AdmitWaiters()
    {
        bool admitted = false;
        while (true)
        {
            TellWaiter waiter;
            lock (_producers)
            {
                if (_closed || _waiters?.First is not { } first || IsFull())
                {
                    return admitted;
                }

                waiter = first.Value;
                RemoveWaiter(first);
                Append(waiter.Envelope);
            }

            admitted = true;
            waiter.Complete(TellOutcome.Accepted);
        }
    }

    /// <summary>By the consumer only.</summary>
    internal bool TryDequeue(out Envelope envelope)
    {
        if (!_dropOldest)
        {
            return TryTakeOldest(out envelope);
        }

        // Producers that drop the oldest are consumers too.
        lock (_producers)
        {
            return TryTakeOldest(out envelope);
        }
    }

    /// <summary>Refuses from now on; waiters are told. What is inside stays for <see cref="TryDequeue"/>.</summary>
    internal void Close()
    {
        LinkedList<TellWaiter>? waiters;
        lock (_producers)
        {
            _closed = true;
            waiters = _waiters;
            _waiters = null;
            Volatile.Write(ref _waiterCount, 0);
            foreach (TellWaiter waiter in waiters ?? [])
            {
                waiter.Place = null;
            }
        }

        foreach (TellWaiter waiter in waiters ?? [])
        {
            waiter.Complete(TellOutcome.Stopped);
        }
    }

    private void RemoveWaiter(LinkedListNode<TellWaiter> place)
    {
        place.Value.Place = null;
        _waiters!.Remove(place);
        Volatile.Write(ref _waiterCount, _waiterCount - 1);
    }

    // The consumer's cursor is read only when the last known value says full: its cache line stays with the consumer.
    private bool IsFull()
    {
        if (_cursors.Tail - _cursors.HeadSeen < _capacity)
        {
            return false;
        }

        _cursors.HeadSeen = Volatile.Read(ref _cursors.Head);
        return _cursors.Tail - _cursors.HeadSeen >= _capacity;
    }

    private void Append(in Envelope envelope)
    {
        long at = _cursors.Tail;
        Ring ring = _tailRing;
        if (at - Math.Max(_cursors.HeadSeen, ring.First) >= ring.Slots.Length)
        {
            _cursors.HeadSeen = Volatile.Read(ref _cursors.Head);
            if (at - Math.Max(_cursors.HeadSeen, ring.First) >= ring.Slots.Length)
            {
                ring = Grow(ring, at);
            }
        }

        ring.Slots[at & (ring.Slots.Length - 1)] = envelope;
        Volatile.Write(ref _cursors.Tail, at + 1);
    }

    private Ring Grow(Ring full, long at)
    {
        Ring next = new(Math.Min(full.Slots.Length * 2, _ringLengthMax), at);
        full.Next = next;
        Volatile.Write(ref full.End, at);
        _tailRing = next;
        return next;
    }

    private bool TryTakeOldest(out Envelope envelope)
    {
        long at = _cursors.Head;
        if (at == _cursors.TailSeen)
        {
            _cursors.TailSeen = Volatile.Read(ref _cursors.Tail);
            if (at == _cursors.TailSeen)
            {
                envelope = default;
                return false;
            }
        }

        Ring ring = _headRing;
        if (at == Volatile.Read(ref ring.End))
        {
            Debug.Assert(ring.Next is not null);
            _headRing = ring = ring.Next;
        }

        ref Envelope slot = ref ring.Slots[at & (ring.Slots.Length - 1)];
        envelope = slot;
        slot = default;
        Volatile.Write(ref _cursors.Head, at + 1);
        return true;
    }

    // What the actor itself began (timers, results, ends of watched actors) is not dropped: the messages before the droppable one move up.
    private bool TryTakeOldestDroppable(out Envelope envelope)
    {
        for (long at = _cursors.Head; at < _cursors.Tail; at++)
        {
            ref Envelope slot = ref SlotOf(at);
            if (slot.Message is AutoReceived)
            {
                continue;
            }

            envelope = slot;
            for (long moved = at; moved > _cursors.Head; moved--)
            {
                SlotOf(moved) = SlotOf(moved - 1);
            }

            return TryTakeOldest(out _);
        }

        envelope = default;
        return false;
    }

    private ref Envelope SlotOf(long at)
    {
        Ring ring = _headRing;
        while (at >= ring.End)
        {
            ring = ring.Next!;
        }

        return ref ring.Slots[at & (ring.Slots.Length - 1)];
    }

    /// <summary>Slots for the positions from <see cref="First"/> to before <see cref="End"/>.</summary>
    private sealed class Ring(int length, long first)
    {
        internal readonly Envelope[] Slots = new Envelope[length];
        internal readonly long First = first;
        internal long End = long.MaxValue;
        internal Ring? Next;
    }

    // Each side writes its own cache lines (two, since neighbours are fetched in pairs).
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Cursors
    {
        [FieldOffset(128)]
        internal long Head;

        [FieldOffset(136)]
        internal long TailSeen;

        [FieldOffset(256)]
        internal long Tail;

        [FieldOffset(264)]
        internal long HeadSeen;
    }
}
