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
        _lateWindowMs = batch.WasAcknowledged ? Math.Max(OutOfOrderWindowMs, _settings.AcknowledgedWindowMs) : OutOfOrderWindowMs;
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
                ref SeriesSlot slot = ref _table.Held(number);
                slot.PreparedTime = slot.Tail.Time;
                slot.PreparedBits = slot.Tail.Value;
            }

            foreach (int number in doomed.Definitions)
            {
                ref SeriesSlot slot = ref _table.Held(number);
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
            ref SeriesSlot slot = ref _table.Held(_reader.Slots[row]);
            if (_reader.Times[row] > slot.PreparedTime && !(_reader.HasLate && _reader.Late[row]))
            {
                slot.PreparedTime = _reader.Times[row];
                slot.PreparedBits = BitsOfRow(row, kept.Bytes.Written);
            }
        }
    }
}
