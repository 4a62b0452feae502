using System.Diagnostics;
using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// One shard: its series, their index and their chunks. One writer calls everything here in turn; views are read from any thread.
/// A batch goes <see cref="Prepare"/> → log → <see cref="Apply(PreparedBatch)"/>; what the log holds is what the head becomes,
/// live and after a restart alike.
/// </summary>
public sealed partial class Shard
{
    private readonly ShardSettings _settings;
    private readonly ByteArena _arena = new();
    private readonly LabelIndex _index = new();
    private readonly Reclaimer _reclaimer;
    private readonly SeriesTable _table;
    private readonly SampleAppender _appender;
    private readonly BatchRecordWriter _writer;
    private readonly BatchRecordReader _reader = new();
    private readonly ByteWriter _histogram = new();
    private readonly List<int> _newSlots = [];
    private readonly List<int> _tracked = [];
    private readonly Queue<PreparedBatch> _inFlight = new();
    private readonly Stack<PreparedBatch> _idle = new();

    /// <summary>An empty shard.</summary>
    public Shard(ShardId id, ShardSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.SeriesMax);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.InFlightMax);
        Id = id;
        _settings = settings;
        _reclaimer = new Reclaimer(GiveBack);
        _table = new SeriesTable(_arena, _index, _reclaimer);
        _appender = new SampleAppender(_arena, _reclaimer);
        _writer = new BatchRecordWriter(_index, _table);
    }

    /// <summary>Which shard.</summary>
    public ShardId Id { get; }

    /// <summary>The last batch applied; 0 before the first.</summary>
    public long AppliedSeq { get; private set; }

    /// <summary>
    /// Over the payloads of all records through <see cref="AppliedSeq"/>: xxHash64 of each with what it was before as seed, 0 before the first. Copies
    /// that agree here have applied the same. 0 also where an old snapshot does not say.
    /// </summary>
    public long JournalHash { get; private set; }

    /// <summary>The number the next batch with accepted samples will have.</summary>
    public long NextSeq { get; private set; } = 1;

    /// <summary>Series held, those included whose first batch is on its way.</summary>
    public int SeriesCount => _table.Count;

    /// <summary>Batches prepared and neither applied nor aborted.</summary>
    public int InFlightCount => _inFlight.Count;

    /// <summary>Samples before this time are refused.</summary>
    public long AcceptFrom { get; private set; } = long.MinValue;

    /// <summary>The newest sample applied; <see cref="long.MinValue"/> before the first.</summary>
    public long NewestTime { get; private set; } = long.MinValue;

    /// <summary>Samples that replay could not place because the record that defined their series is lost.</summary>
    public long UnplacedSamples { get; private set; }

    /// <summary>Whether <see cref="PreparedBatch.Rows"/> are kept.</summary>
    public bool TracksRows { get; set; }

    /// <summary>
    /// Decides about every sample of a batch, finds or makes its series, and writes what the log has to keep.
    /// Nothing is visible yet. Steady state allocates nothing per sample.
    /// </summary>
    /// <param name="batch">Stays the caller's, who may dispose it at once.</param>
    /// <exception cref="InvalidOperationException">More than <see cref="ShardSettings.InFlightMax"/> batches are under way.</exception>
    public PreparedBatch Prepare(SampleBatch batch)
    {
        if (batch.Shard != Id)
        {
            throw new ArgumentException($"a batch for shard {batch.Shard} came to shard {Id}", nameof(batch));
        }

        PreparedBatch prepared = TakeIdle();
        _writer.Begin();
        _tracked.Clear();
        _twins.Clear();
        _elsewhereOfMetric.Clear();
        AppendCounts counts = PrepareRows(batch);
        prepared.Counts = counts;
        if (_writer.Rows > 0)
        {
            prepared.Seq = NextSeq++;
            _writer.End(prepared.Bytes);
            CollectionsMarshal.SetCount(prepared.Slots, _writer.Rows);
            _writer.Slots.CopyTo(CollectionsMarshal.AsSpan(prepared.Slots));
            prepared.Definitions.AddRange(_writer.Definitions);
            prepared.Tracked.AddRange(_tracked);
            prepared.Twins.AddRange(_twins);
            _inFlight.Enqueue(prepared);
        }

        return prepared;
    }

    /// <summary>Makes a durable batch visible. In the order of the numbers.</summary>
    public void Apply(PreparedBatch prepared)
    {
        if (!prepared.IsEmpty)
        {
            if (prepared.IsDoomed || !_inFlight.TryPeek(out PreparedBatch? next) || !ReferenceEquals(next, prepared))
            {
                throw new InvalidOperationException($"batch {prepared.Seq} of shard {Id} is not the next to be applied");
            }

            _inFlight.Dequeue();
            ForgetTwins(prepared);
            ApplyPayload(prepared.Seq, prepared.Bytes.Written, live: true);
        }

        prepared.Clear();
        _idle.Push(prepared);
    }

    /// <summary>
    /// Forgets a batch the log refused, and with it every later one under way, whose numbers will be used again:
    /// the log refuses those too. Call it for each of them; only the first call has an effect.
    /// </summary>
    public void Abort(PreparedBatch prepared)
    {
        if (!prepared.IsEmpty && !prepared.IsDoomed)
        {
            if (!_inFlight.Contains(prepared))
            {
                throw new InvalidOperationException($"batch {prepared.Seq} of shard {Id} is not under way");
            }

            UndoFrom(prepared.Seq);
        }

        if (prepared.Deletion is { } tombstone)
        {
            // The file has it: of blocks the samples are deleted.
            Tombstones = Tombstones.With(tombstone);
        }

        prepared.Clear();
        _idle.Push(prepared);
    }

    /// <summary>Applies a record from the log: after a restart, or on a follower.</summary>
    /// <param name="seq">Its number. At or below <see cref="AppliedSeq"/> it is passed over.</param>
    /// <param name="payload">What <see cref="PreparedBatch.Payload"/> was.</param>
    /// <exception cref="FormatException">The payload is not one; nothing of it was applied.</exception>
    public void Replay(long seq, ReadOnlySpan<byte> payload)
    {
        if (_inFlight.Count > 0)
        {
            throw new InvalidOperationException($"shard {Id} has batches of its own under way");
        }

        if (seq > AppliedSeq)
        {
            ApplyPayload(seq, payload, live: false);
            NextSeq = seq + 1;
        }
    }

    /// <summary>Passes over numbers whose records are lost: the log has said so and counted them.</summary>
    /// <param name="seq">Of the last one.</param>
    /// <param name="hash">What <see cref="JournalHash"/> is behind it, where there is somebody to say so.</param>
    public void SkipTo(long seq, long hash = 0)
    {
        if (seq > AppliedSeq)
        {
            _reclaimer.Refresh();
            AppliedSeq = seq;
            NextSeq = seq + 1;
            JournalHash = hash;
        }
    }

    /// <summary>Takes over what the journal says that <see cref="JournalHash"/> is, where an old snapshot did not.</summary>
    public void AdoptHash(long hash) => JournalHash = hash;

    private PreparedBatch TakeIdle() => _inFlight.Count >= _settings.InFlightMax
        ? throw new InvalidOperationException($"shard {Id} has {_inFlight.Count} batches under way, as many as it may")
        : _idle.TryPop(out PreparedBatch? idle) ? idle : new PreparedBatch();

    private AppendCounts PrepareRows(SampleBatch batch)
    {
        ReadOnlySpan<SeriesKey> keys = batch.Series;
        ReadOnlySpan<long> times = batch.Times;
        ReadOnlySpan<double> values = batch.Values;
        ReadOnlySpan<NativeHistogram?> histograms = batch.Histograms;
        ReadOnlySpan<long> starts = batch.StartTimes;
        int accepted = 0;
        int duplicates = 0;
        int tooOld = 0;
        int conflicting = 0;
        int invalid = 0;
        int histogramsTaken = 0;
        int lateTaken = 0;
        Span<int> refused = stackalloc int[VerdictsEnd];
        refused.Clear();
        bool tracks = TracksRows;
        _knowsRowsUnderWay = false;
        for (int row = 0; row < keys.Length; row++)
        {
            if (row + Ahead.Rows < keys.Length)
            {
                Ahead.Fetch(keys[row + Ahead.Rows]);
            }

            long time = times[row];
            if (time < AcceptFrom || time == long.MinValue)
            {
                tooOld++;
                continue;
            }

            ulong bits = BitConverter.DoubleToUInt64Bits(values[row]);
            ReadOnlySpan<byte> histogram = [];
            if (!histograms.IsEmpty && histograms[row] is { } native)
            {
                if (!TryEncode(native, out histogram))
                {
                    invalid++;
                    continue;
                }

                bits = XxHash64.Of(histogram);
            }

            SeriesKey key = keys[row];
            int number = ReferenceEquals(key.Owner, _term) && _table[key.Slot].Generation == key.Generation && _table[key.Slot].InUse
                ? key.Slot
                : Resolve(key, time, bits);
            if (number >= 0)
            {
                long newest = _table[number].PreparedTime;
                if (newest == SeriesSlot.NoTime)
                {
                    // Made for a batch that the log refused, or for late samples.
                    number = FirstOrBehind(number, key.Labels, time, bits);
                }
                else if (time <= newest && (time < newest || IsDeleted(number, time)))
                {
                    number = Behind;
                }
            }

            bool isTwin = false;
            bool isLate = number == Behind;
            if (isLate)
            {
                number = PrepareLate(key, time, bits, out isTwin);
            }

            if (number < 0)
            {
                refused[-number]++;
                continue;
            }

            ref SeriesSlot slot = ref _table[number];
            if (isLate)
            {
                accepted += isTwin ? 0 : 1;
                lateTaken += isTwin ? 0 : 1;
                duplicates += isTwin ? 1 : 0;
                histogramsTaken += histogram.IsEmpty ? 0 : 1;
            }
            else if (time <= slot.PreparedTime)
            {
                if (bits != slot.PreparedBits)
                {
                    conflicting++;
                    continue;
                }

                duplicates++;
                histogramsTaken += histogram.IsEmpty ? 0 : 1;
                if (slot.Tail.Time == time)
                {
                    continue;
                }

                // Its twin is not durable yet and may still fail: this one is logged too, and dropped when it is applied.
                NoteTwin(number);
            }
            else
            {
                accepted++;
                histogramsTaken += histogram.IsEmpty ? 0 : 1;
            }

            if (slot.Defined < BatchRecord.DefinitionsMax)
            {
                Define(number, ref slot);
            }

            _writer.Add(number, time, bits, starts.IsEmpty ? 0 : starts[row], histogram);
            NoteRow(number, time, bits);
            if (tracks)
            {
                _tracked.Add(row);
            }

            if (isLate)
            {
                _writer.MarkLate();
                NoteLate(number);
                continue;
            }

            slot.PreparedTime = time;
            slot.PreparedBits = bits;
        }

        return new AppendCounts(
            accepted,
            duplicates + refused[-Twin],
            refused[-Behind] + refused[-LateLimit],
            tooOld,
            conflicting + refused[-Conflict],
            refused[-OverLimit] + refused[-NoMemory] + refused[-OverNode] + refused[-OverTarget] + refused[-OverMetric],
            invalid + refused[-NotValid])
        {
            Histograms = histogramsTaken,
            Late = lateTaken,
            BeyondWindow = refused[-BeyondWindow],
            LateOverLimit = refused[-LateLimit],
            ShortOfMemory = refused[-NoMemory],
            OverNode = refused[-OverNode],
            OverTarget = refused[-OverTarget],
            OverMetric = refused[-OverMetric],
        };
    }

    private const int OverLimit = -1;
    private const int NotValid = -2;

    private int Resolve(SeriesKey key, long time, ulong bits)
    {
        int number = _table.Find(key.Labels);
        if (number < 0)
        {
            int verdict = InBlocks(key.Labels, time, bits);
            if (verdict < 0)
            {
                return verdict;
            }

            number = AddSeries(key.Labels);
            if (number < 0)
            {
                return number;
            }
        }

        key.Owner = _term;
        key.Slot = number;
        key.Generation = _table[number].Generation;
        return number;
    }

    // What the log could not give back as it was must not get in.
    internal static bool IsStorable(Labels labels)
    {
        if (labels.Count > BatchRecord.LabelsMax)
        {
            return false;
        }

        foreach (Label label in labels)
        {
            if (!LabelName.IsValid(label.Name) || !LabelName.IsValid(label.Value)
                || label.Name.Length > BatchRecord.TextBytesMax / 3 || label.Value.Length > BatchRecord.TextBytesMax / 3)
            {
                return false;
            }
        }

        return true;
    }

    private void Define(int number, ref SeriesSlot slot)
    {
        // Once a batch: two rows of a new series need one definition.
        if (slot.Defined == 0 || slot.DefinedIn != (int)NextSeq)
        {
            slot.Defined++;
            slot.DefinedIn = (int)NextSeq;
            _writer.Define(number);
        }
    }

    private bool TryEncode(NativeHistogram histogram, out ReadOnlySpan<byte> bytes)
    {
        bytes = [];
        if (!HistogramCodec.IsStorable(histogram))
        {
            return false;
        }

        _histogram.Clear(BatchRecord.HistogramBytesMax);
        HistogramCodec.Write(_histogram, histogram);
        bytes = _histogram.Written;
        return bytes.Length <= BatchRecord.HistogramBytesMax;
    }

    private void UndoFrom(long seq)
    {
        PreparedBatch[] underWay = [.. _inFlight];
        _inFlight.Clear();
        NextSeq = seq;
        foreach (PreparedBatch doomed in underWay.Where(batch => batch.Seq >= seq))
        {
            doomed.IsDoomed = true;
            ForgetTwins(doomed);
            UndoLate(doomed);
            foreach (int number in doomed.Slots)
            {
                ref SeriesSlot slot = ref _table[number];
                slot.PreparedTime = slot.Tail.Time;
                slot.PreparedBits = slot.Tail.Value;
            }

            foreach (int number in doomed.Definitions)
            {
                ref SeriesSlot slot = ref _table[number];
                slot.Defined--;
                slot.DefinedIn = 0;
            }
        }

        foreach (PreparedBatch kept in underWay.Where(batch => batch.Seq < seq))
        {
            _inFlight.Enqueue(kept);
            PrepareAgain(kept);
        }
    }

    // What is still under way decides about later samples as before.
    private void PrepareAgain(PreparedBatch kept)
    {
        _reader.Read(kept.Bytes.Written, withDefinitions: false);
        for (int row = 0; row < _reader.Rows; row++)
        {
            ref SeriesSlot slot = ref _table[_reader.Slots[row]];
            if (_reader.Times[row] > slot.PreparedTime && !(_reader.HasLate && _reader.Late[row]))
            {
                slot.PreparedTime = _reader.Times[row];
                slot.PreparedBits = BitsOfRow(row, kept.Bytes.Written);
            }
        }
    }

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

            ref SeriesSlot slot = ref _table[number];
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
                ref SeriesSlot slot = ref _table[definition.Slot];
                if (slot.Generation == definition.Generation && _table.Holds(definition.Slot, definition.Labels))
                {
                    slot.Defined = Math.Min((byte)(slot.Defined + 1), BatchRecord.DefinitionsMax);
                    continue;
                }

                // The slot was freed before it was taken again: the old series' samples are beyond retention, or in a block. Labels decide
                // too: a snapshot that is fallen back to may have a series that the one after it, and with it the generation, had forgotten.
                _appender.ForgetUnsaved(chunk => chunk.Slot == definition.Slot);
                RemoveSeries([definition.Slot]);
                _reclaimer.Refresh();
            }

            _table.AddAt(definition.Slot, definition.Generation, definition.Labels);
            _table[definition.Slot].Defined = 1;
        }
    }

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
