using System.Diagnostics;
using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>What a record of the log does to the head, live and after a restart alike.</content>
public sealed partial class Shard
{
    private void ApplyPayload(long seq, ReadOnlySpan<byte> payload, bool live)
    {
        _reader.Read(payload, withDefinitions: !live);
        JournalHash = (long)XxHash64.Of(payload, (ulong)JournalHash);
        bool wanted = _reclaimer.Refresh();
        if (_reader.Deletion is { } tombstone)
        {
            ApplyDeletion(seq, tombstone, payload.Length, live);
            LayOutIf(wanted);
            return;
        }

        if (!live)
        {
            TakeDefinitions();
        }

        ReadOnlySpan<int> slots = _reader.Slots;
        ReadOnlySpan<long> times = _reader.Times;
        ReadOnlySpan<ulong> values = _reader.Values;
        bool plain = !_reader.HasHistograms && !_reader.HasStarts;
        bool hasLate = _reader.HasLate;
        bool watched = _reclaimer.PinCount > 0;
        _newSlots.Clear();
        for (int row = 0; row < slots.Length; row++)
        {
            int number = slots[row];
            if (live && row + Ahead.Rows < slots.Length)
            {
                _appender.FetchAhead(in _table[slots[row + Ahead.Rows]]);
            }

            if (!live && !_table.Holds(number))
            {
                UnplacedSamples++;
                continue;
            }

            if (hasLate && _reader.Late[row])
            {
                ApplyLate(number, row, payload, seq, live);
                continue;
            }

            ref SeriesSlot slot = ref _table.Held(number);
            long time = times[row];
            if (time <= slot.Tail.Time)
            {
                Debug.Assert(time == slot.Tail.Time || !live, "only twins of a sample under way are logged twice");
                continue;
            }

            if (watched)
            {
                _reclaimer.Remember(number, ref slot);
            }

            slot.BeginChange();
            if (slot.CreatedSeq == SeriesSlot.NotYet)
            {
                slot.CreatedSeq = seq;
                _newSlots.Add(number);
            }

            slot.ChangedSeq = seq;
            if (plain)
            {
                _appender.Append(number, ref slot, time, values[row]);
            }
            else
            {
                AppendSpecial(number, ref slot, row, payload);
            }

            slot.EndChange();
            if (!live)
            {
                slot.PreparedTime = slot.Tail.Time;
                slot.PreparedBits = slot.Tail.Value;
            }

            if (time > NewestTime)
            {
                NewestTime = time;
            }
        }

        if (_newSlots.Count > 0)
        {
            _newSlots.Sort();
            _index.Add(CollectionsMarshal.AsSpan(_newSlots), _table);
            ForgetAwaited(CollectionsMarshal.AsSpan(_newSlots));
        }

        PublishLate();
        AppliedSeq = seq;
        BytesSinceSnapshot += payload.Length;
        SweepIfDue();
        LayOutIf(wanted);
    }

    private void LayOutIf(bool wanted)
    {
        if (wanted)
        {
            // The last state had readers, so this one will; laid out, it costs them no turn of the writer.
            ViewPin pin = _reclaimer.Pin(AppliedSeq, AcceptFrom, _parts, NewestTime);
            _reclaimer.Publish(pin);
            pin.Release();
        }
    }

    private void AppendSpecial(int number, ref SeriesSlot slot, int row, ReadOnlySpan<byte> payload)
    {
        long start = _reader.HasStarts ? _reader.Starts[row] : 0;
        Range histogram = _reader.HasHistograms ? _reader.Histograms[row] : default;
        if (!histogram.Equals(default))
        {
            ReadOnlySpan<byte> bytes = payload[histogram];
            _appender.Append(number, ref slot, _reader.Times[row], bytes, XxHash64.Of(bytes), start);
        }
        else if (start != 0)
        {
            _appender.Append(number, ref slot, _reader.Times[row], _reader.Values[row], start);
        }
        else
        {
            _appender.Append(number, ref slot, _reader.Times[row], _reader.Values[row]);
        }
    }

    private void TakeDefinitions()
    {
        foreach (SeriesDefinition definition in _reader.Definitions)
        {
            if (IsFollower)
            {
                MakeWayFor(definition);
            }

            if (_table.Holds(definition.Slot))
            {
                ref SeriesSlot slot = ref _table.Held(definition.Slot);
                if (slot.Generation == definition.Generation && _table.Holds(definition.Slot, definition.Labels))
                {
                    slot.Defined = Math.Min((byte)(slot.Defined + 1), BatchRecord.DefinitionsMax);
                    continue;
                }

                // The slot was freed before it was taken again: the old series' samples are beyond retention, or in a block. Labels decide
                // too: a snapshot that is fallen back to may have a series that the one after it, and with it the generation, had forgotten.
                ForgetUnsavedOf(definition.Slot);
                RemoveSeries([definition.Slot]);
                _reclaimer.Refresh();
            }

            _table.AddAt(definition.Slot, definition.Generation, definition.Labels);
            _table.Held(definition.Slot).Defined = 1;
        }
    }

    // By itself, so that not every definition makes the closure.
    private void ForgetUnsavedOf(int slot) => _appender.ForgetUnsaved(chunk => chunk.Slot == slot);

    private void GiveBack(Reclaimed kind, int number, byte pieceClass)
    {
        switch (kind)
        {
            case Reclaimed.Piece:
                _arena.Free(number, pieceClass);
                break;
            case Reclaimed.Slot:
                _table.Free(number);
                break;
            case Reclaimed.Block:
                GiveBackBlock(number);
                break;
            default:
                _index.Pairs.Free(number);
                break;
        }
    }
}
