namespace Pleiad.Kernel;

/// <summary>Messages that were put aside, in the order in which they first were: one that is put aside again keeps its place.</summary>
/// <remarks>Moving messages from one of these to another moves their nodes; it costs what is moved, however many stay.</remarks>
internal sealed class StashedMessages
{
    private readonly LinkedList<(Envelope Envelope, long Place)> _messages = [];
    private LinkedListNode<(Envelope Envelope, long Place)>? _insertedLast;

    internal int Count => _messages.Count;

    /// <summary>Adds a message at its place.</summary>
    internal void Add(in Envelope envelope, long place) => Insert(new LinkedListNode<(Envelope, long)>((envelope, place)));

    /// <summary>Takes the oldest out.</summary>
    internal bool TryTake(out Envelope envelope, out long place)
    {
        if (_messages.First is not { } first)
        {
            envelope = default;
            place = 0;
            return false;
        }

        (envelope, place) = first.Value;
        _messages.RemoveFirst();
        return true;
    }

    /// <summary>Moves the oldest of others here, each to its place.</summary>
    internal void TakeFrom(StashedMessages others, int count)
    {
        for (; count > 0 && others._messages.First is { } oldest; count--)
        {
            others._messages.RemoveFirst();
            Insert(oldest);
        }
    }

    // Messages come in order nearly always: at an end, or right behind the one that came last.
    private void Insert(LinkedListNode<(Envelope Envelope, long Place)> node)
    {
        long place = node.Value.Place;
        LinkedListNode<(Envelope Envelope, long Place)>? before = _messages.Last;
        if (before is not null && before.Value.Place > place)
        {
            before = null;
            LinkedListNode<(Envelope Envelope, long Place)>? at = _messages.First;
            if (_insertedLast is { } last && ReferenceEquals(last.List, _messages) && last.Value.Place <= place)
            {
                before = last;
                at = last.Next;
            }

            for (; at is not null && at.Value.Place <= place; at = at.Next)
            {
                before = at;
            }
        }

        if (before is null)
        {
            _messages.AddFirst(node);
        }
        else
        {
            _messages.AddAfter(before, node);
        }

        _insertedLast = node;
    }
}
