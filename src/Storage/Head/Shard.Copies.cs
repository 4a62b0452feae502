using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>
/// A shard that has copies on other nodes. One of them leads and gives out the numbers of slots; the others apply its records and keep a
/// slot until the leader gives its number to another series, for only then is it certain that no record names the old one any more.
/// </content>
public sealed partial class Shard
{
    // Whose keys are good: another in each term, for what a copy has applied in between may have given a slot to another series.
    private object _term = new();

    /// <summary>Whether it applies what another node decides.</summary>
    public bool IsFollower { get; private set; }

    /// <summary>From now on it applies what another node decides. What this node has prepared and not applied must have been aborted.</summary>
    public void BeginFollow()
    {
        if (IsFollower)
        {
            return;
        }

        IsFollower = true;
        _term = new object();
        RemoveSeries(SlotsWhere(static (int _, in SeriesSlot slot) => slot.CreatedSeq == SeriesSlot.NotYet));
        for (int number = 0; number < _table.End; number++)
        {
            if (!_table.Holds(number))
            {
                continue;
            }

            ref SeriesSlot slot = ref _table.Held(number);
            if (slot.OpenCount == 0 && slot.SealedAt == 0 && slot.Tail.Time != SeriesSlot.NoTime)
            {
                // Nothing of it is held but the time of its last sample: a slot that was kept, from a snapshot.
                slot.BeginChange();
                slot.OldestTime = slot.Tail.Time + 1;
                slot.EndChange();
            }
        }
    }

    /// <summary>From now on it decides itself. Every series is defined anew when it comes next: other copies may not have it any more.</summary>
    public void BeginLead()
    {
        IsFollower = false;
        _term = new object();
        RemoveSeries(SlotsWhere((int number, in SeriesSlot slot) =>
            slot.OpenCount == 0 && slot.SealedAt == 0 && IsIdle(number, slot)));
        for (int number = 0; number < _table.End; number++)
        {
            if (_table.Holds(number))
            {
                ref SeriesSlot slot = ref _table.Held(number);
                slot.Defined = 0;
                slot.DefinedIn = 0;
            }
        }
    }

    /// <summary>
    /// Up to where the head must be in a block before a record can be applied: the record gives a slot to another series, and what this copy
    /// has of the one before is in its head alone.
    /// </summary>
    /// <param name="payload">Of the record.</param>
    /// <returns>Null where it can be applied at once.</returns>
    /// <exception cref="FormatException">The payload is none.</exception>
    public long? SealNeededFor(ReadOnlySpan<byte> payload)
    {
        _reader.Read(payload, withDefinitions: true);
        long? before = null;
        foreach (SeriesDefinition definition in _reader.Definitions)
        {
            foreach (int number in InTheWayOf(definition))
            {
                ref readonly SeriesSlot slot = ref _table[number];
                if ((slot.OpenCount > 0 || slot.SealedAt != 0) && slot.Tail.Time >= AcceptFrom && !IsDeletedWhole(number, slot))
                {
                    before = Math.Max(before ?? long.MinValue, slot.Tail.Time + 1);
                }

                if (Late.TryGetValue(number, out LateSamples? late) && late.LastTime >= AcceptFrom)
                {
                    before = Math.Max(before ?? long.MinValue, late.LastTime + 1);
                }
            }
        }

        return before;
    }

    /// <summary>After records were applied that blocks may have the samples of: lets go of what the head has of them.</summary>
    public void LetGoOfBlocked()
    {
        ForgetLateInBlocks();
        LetGoOf(BlockedOrDeleted(BlockedInHead.Of(Blocks, _table, _index)));
        SettleIfQuiet();
    }

    /// <summary>Lets go of what is in blocks as soon as no view from before is alive; <see cref="IsSettling"/> says whether one is.</summary>
    public void Settle() => SettleIfQuiet();

    // A block would have nothing of it.
    private bool IsDeletedWhole(int number, in SeriesSlot slot) =>
        !Deleted.IsEmpty && Deleted.TryGetValue(number, out TimeSpans? spans) && spans.Cover(Math.Max(slot.OldestTime, AcceptFrom), slot.Tail.Time);

    // The slot's former series, and the series' former slot.
    private List<int> InTheWayOf(in SeriesDefinition definition)
    {
        var inTheWay = new List<int>(2);
        bool isHeld = _table.Holds(definition.Slot);
        if (isHeld && (_table[definition.Slot].Generation != definition.Generation || !_table.Holds(definition.Slot, definition.Labels)))
        {
            inTheWay.Add(definition.Slot);
        }

        if (_table.Find(definition.Labels) is >= 0 and int elsewhere && elsewhere != definition.Slot)
        {
            inTheWay.Add(elsewhere);
        }

        inTheWay.Sort();
        return inTheWay;
    }

    private void MakeWayFor(in SeriesDefinition definition)
    {
        List<int> gone = InTheWayOf(definition);
        if (gone.Count > 0)
        {
            _appender.ForgetUnsaved(chunk => gone.Contains(chunk.Slot));
            RemoveSeries(gone);
            _reclaimer.Refresh();
        }
    }

    // What the head had of the series is in a block or too old; the slot stays, for the leader may still write to it.
    private void Empty(ref SeriesSlot slot)
    {
        slot.BeginChange();
        _appender.DropSealed(ref slot, long.MaxValue);
        _appender.DropOpen(ref slot);
        slot.OldestTime = slot.Tail.Time == SeriesSlot.NoTime ? SeriesSlot.NoTime : slot.Tail.Time + 1;
        slot.EndChange();
    }

    private List<int> SlotsWhere(SlotCondition condition)
    {
        var found = new List<int>();
        for (int number = 0; number < _table.End; number++)
        {
            if (_table[number].InUse && condition(number, _table[number]))
            {
                found.Add(number);
            }
        }

        return found;
    }

    private delegate bool SlotCondition(int number, in SeriesSlot slot);
}
