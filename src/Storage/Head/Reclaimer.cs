namespace Pleiad.Storage;

/// <summary>What is given back when no view can read it any more.</summary>
internal enum Reclaimed : byte
{
    /// <summary>A piece of the arena.</summary>
    Piece,

    /// <summary>A slot of the series table.</summary>
    Slot,

    /// <summary>The number of a label pair.</summary>
    Pair,

    /// <summary>A block that another one replaced, or that retention took.</summary>
    Block,
}

/// <summary>
/// Knows the views that are alive, and holds back what the writer gave up until every view taken before is gone.
/// The writer's alone; only pins are touched by others.
/// </summary>
internal sealed class Reclaimer(Action<Reclaimed, int, byte> free)
{
    private readonly List<ViewPin> _pins = [];
    private readonly Queue<(long Ticket, int Number, Reclaimed Kind, byte PieceClass)> _waiting = new();
    private long _tickets;
    private ViewPin? _published;

    /// <summary>Pins alive.</summary>
    public int PinCount => _pins.Count;

    /// <summary>Things held back.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>The ticket a pin taken next will have.</summary>
    public long NextTicket => _tickets;

    /// <summary>A pin for the state after a batch: the one that is there, or a new one.</summary>
    public ViewPin Pin(long seq, long oldestTime, ViewParts parts, long newestTime)
    {
        if (_pins.Count > 0)
        {
            ViewPin newest = _pins[^1];
            if (newest.Seq == seq && newest.OldestTime == oldestTime && ReferenceEquals(newest.Parts, parts) && newest.TryHold())
            {
                return newest;
            }
        }

        Refresh();
        var pin = new ViewPin(seq, _tickets++, oldestTime, parts, newestTime);
        _pins.Add(pin);
        return pin;
    }

    /// <summary>
    /// Lays a pin out for readers on other threads, until <see cref="Refresh"/>, which every change begins with: nobody then holds up what the
    /// writer gives back only because a reader might come.
    /// </summary>
    public void Publish(ViewPin pin)
    {
        if (!ReferenceEquals(pin, _published) && pin.TryHold())
        {
            Withdraw();
            Volatile.Write(ref _published, pin);
        }
    }

    /// <summary>A reader's: the pin laid out, held for the caller; null where there is none at the moment.</summary>
    public ViewPin? TryTake()
    {
        ViewPin? pin = Volatile.Read(ref _published);
        if (pin is null || !pin.TryHold())
        {
            return null;
        }

        pin.IsWanted = true;
        return pin;
    }

    /// <summary>Whether no pin older than a ticket is alive.</summary>
    public bool IsQuietBefore(long ticket)
    {
        Refresh();
        return _pins.Count == 0 || _pins[0].Ticket >= ticket;
    }

    /// <summary>Tells every view that does not know yet what a series was before it changes.</summary>
    public void Remember(int slot, ref SeriesSlot series)
    {
        for (int i = _pins.Count - 1; i >= 0 && _pins[i].Seq >= series.ChangedSeq; i--)
        {
            if (_pins[i].Seq >= series.CreatedSeq)
            {
                _pins[i].Remember(slot, series.Total, series.OpenCount);
            }
        }
    }

    /// <summary>Gives something back now, or when the views alive now are gone.</summary>
    public void Retire(Reclaimed kind, int number, byte pieceClass = 0)
    {
        if (_pins.Count == 0)
        {
            free(kind, number, pieceClass);
        }
        else
        {
            _waiting.Enqueue((_tickets, number, kind, pieceClass));
        }
    }

    /// <summary>Forgets pins that were let go, and gives back what waited for them.</summary>
    /// <returns>Whether readers took the pin that was laid out.</returns>
    public bool Refresh()
    {
        bool wanted = Withdraw();
        if (_pins.Count > 0)
        {
            _pins.RemoveAll(static pin => pin.IsReleased);
        }

        while (_waiting.TryPeek(out var next) && (_pins.Count == 0 || _pins[0].Ticket >= next.Ticket))
        {
            _waiting.Dequeue();
            free(next.Kind, next.Number, next.PieceClass);
        }

        return wanted;
    }

    private bool Withdraw()
    {
        if (_published is not { } pin)
        {
            return false;
        }

        Volatile.Write(ref _published, null);
        pin.Release();
        return pin.IsWanted;
    }
}
