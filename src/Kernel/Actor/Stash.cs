namespace Pleiad.Kernel;

/// <summary>Messages that an actor puts aside until it can handle them. Within its turns only.</summary>
/// <remarks>A restart gives them back to the mailbox; at the actor's end they are dead letters.</remarks>
public sealed class Stash
{
    private readonly ActorCell _cell;
    private readonly int _capacity;
    private readonly Queue<Envelope> _messages = [];

    internal Stash(ActorCell cell, int capacity)
    {
        _cell = cell;
        _capacity = capacity;
    }

    /// <summary>Messages put aside.</summary>
    public int Count => _messages.Count;

    /// <summary>Puts the current message aside, with its sender.</summary>
    /// <exception cref="StashOverflowException">There are <see cref="MailboxSettings.StashCapacity"/> already.</exception>
    public void Add()
    {
        _cell.CheckInTurn();
        if (_messages.Count >= _capacity)
        {
            throw new StashOverflowException(_cell.Self, _capacity);
        }

        _messages.Enqueue(_cell.CurrentEnvelope);
    }

    /// <summary>Gives all back, oldest first, to be handled before what is in the mailbox.</summary>
    public void UnstashAll()
    {
        _cell.CheckInTurn();
        _cell.PutInFront(_messages);
    }

    /// <summary>Gives the oldest back, if there is one.</summary>
    public void Unstash()
    {
        _cell.CheckInTurn();
        if (_messages.TryDequeue(out Envelope oldest))
        {
            _cell.PutInFront(oldest);
        }
    }

    internal Queue<Envelope> Messages => _messages;
}
