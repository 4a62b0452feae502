namespace Pleiad.Kernel;

/// <summary>Messages that an actor puts aside until it can handle them. Within its turns only.</summary>
/// <remarks>A restart gives them back to the mailbox; at the actor's end they are dead letters.</remarks>
public sealed class Stash
{
    private readonly ActorCell _cell;
    private readonly int _capacity;

    internal Stash(ActorCell cell, int capacity)
    {
        _cell = cell;
        _capacity = capacity;
    }

    /// <summary>Messages put aside.</summary>
    public int Count => Messages.Count;

    internal StashedMessages Messages { get; } = new();

    /// <summary>Puts the current message aside, with its sender.</summary>
    /// <exception cref="StashOverflowException">There are <see cref="MailboxSettings.StashCapacity"/> already.</exception>
    public void Add()
    {
        _cell.CheckInTurn();
        if (Messages.Count >= _capacity)
        {
            throw new StashOverflowException(_cell.Self, _capacity);
        }

        Messages.Add(_cell.CurrentEnvelope, _cell.CurrentPlace());
    }

    /// <summary>Gives all back, oldest first, to be handled before what is in the mailbox.</summary>
    public void UnstashAll() => Unstash(int.MaxValue);

    /// <summary>Gives the oldest back, if there is one.</summary>
    public void Unstash() => Unstash(1);

    /// <summary>
    /// Gives the oldest back, oldest first, to be handled before what is in the mailbox. An actor that has room for a few at a time gives
    /// as many back: all of them, to be put aside again, would cost each of those that wait a turn for every one that does not.
    /// </summary>
    /// <param name="count">How many; fewer where there are fewer.</param>
    public void Unstash(int count)
    {
        _cell.CheckInTurn();
        _cell.PutInFront(Messages, count);
    }
}
