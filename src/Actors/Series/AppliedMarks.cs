using System.Collections.Concurrent;

namespace Pleiad.Actors;

/// <summary>How far the journal of each shard is applied on this node; whoever needs a record can wait for it. Thread-safe.</summary>
internal sealed class AppliedMarks
{
    /// <summary>Of a shard that has none that counts: it is not open.</summary>
    public const long Unknown = -1;

    /// <summary>Where a view of a shard counts from that is not known to have been whole since it was opened: nowhere.</summary>
    public const long Nowhere = long.MaxValue;

    private readonly ConcurrentDictionary<int, Mark> _marks = new();
    private long _lastOpening;

    /// <summary>Says how far a shard is applied.</summary>
    /// <param name="shard">Which.</param>
    /// <param name="seq">Through which record.</param>
    /// <param name="hash">The rolling hash there.</param>
    /// <param name="epoch">Of that record; 0 where nobody knows it any more.</param>
    /// <param name="lacks">Whether the copy lacks samples of older records all the same.</param>
    public void Note(int shard, long seq, long hash, long epoch = 0, bool lacks = false) => Of(shard).Set(seq, hash, epoch, lacks);

    /// <summary>Says that a shard is not open: who opens it may find less than was applied before.</summary>
    public void NoteClosed(int shard) => Of(shard).Close(Interlocked.Increment(ref _lastOpening));

    /// <summary>Which opening of a shard this is, or the next one where it is closed: the numbers go up over all shards. 0 before the first.</summary>
    public long OpeningOf(int shard) => Of(shard).Opening;

    /// <summary>The number of the last opening of any shard.</summary>
    public long LastOpening => Interlocked.Read(ref _lastOpening);

    /// <summary>Says that a shard has, as it is applied now, all that its journal had when it was looked at after the shard was opened.</summary>
    public void NoteWhole(int shard) => Of(shard).BeWhole();

    /// <summary>Says that a shard lacks what its journal does not have any more: it is not whole before it has been opened with other files.</summary>
    public void NoteGap(int shard) => Of(shard).BeBehind();

    /// <summary>Says that a record was acknowledged that is kept elsewhere and not here: the journal may not have it yet.</summary>
    public void NoteMissed(int shard, long seq, long epoch) => Of(shard).Miss(seq, epoch);

    /// <summary>Says that a term leads a shard: what was missed of those before it is in the journal now, or is written again.</summary>
    public void ForgetMissed(int shard, long epoch) => Of(shard).Forget(epoch);

    /// <summary>Whether a record of a shard was acknowledged elsewhere that is neither kept nor applied here.</summary>
    public bool IsMissing(int shard) => Of(shard).IsMissing;

    /// <summary>The record that a view of a shard has to have for it to be whole; <see cref="Nowhere"/> where none is known to be.</summary>
    public long WholeFrom(int shard) => Of(shard).WholeFrom;

    /// <summary>Through which record a shard is applied, and the rolling hash there; 0 for none.</summary>
    public (long Seq, long Hash) At(int shard)
    {
        AppliedMark mark = MarkOf(shard);
        return (mark.Seq, mark.Hash);
    }

    /// <summary>All that is known of a shard.</summary>
    public AppliedMark MarkOf(int shard) => Of(shard).Now;

    /// <summary>Completes when a shard is applied through a record.</summary>
    public async Task ReachAsync(int shard, long seq, CancellationToken cancel)
    {
        Mark mark = Of(shard);
        while (mark.NextAfter(seq) is { } next)
        {
            await next.WaitAsync(cancel);
        }
    }

    private Mark Of(int shard) => _marks.GetOrAdd(shard, static _ => new Mark());

    private sealed class Mark
    {
        private readonly Lock _gate = new();
        private AppliedMark _now;
        private TaskCompletionSource? _waiting;
        private long _wholeFrom = Nowhere;
        private (long Seq, long Epoch) _missed;
        private long _opening;

        public long Opening => Interlocked.Read(ref _opening);

        public long WholeFrom => Volatile.Read(ref _wholeFrom);

        public AppliedMark Now
        {
            get
            {
                lock (_gate)
                {
                    return _now;
                }
            }
        }

        public void Set(long seq, long hash, long epoch, bool lacks)
        {
            TaskCompletionSource? waiting;
            lock (_gate)
            {
                _now = _now with { Seq = seq, Hash = hash, Epoch = epoch, Lacks = lacks };
                waiting = _waiting;
                _waiting = null;
            }

            waiting?.SetResult();
        }

        public bool IsMissing
        {
            get
            {
                lock (_gate)
                {
                    return _now.Seq < _missed.Seq;
                }
            }
        }

        public void Miss(long seq, long epoch)
        {
            lock (_gate)
            {
                _missed = epoch > _missed.Epoch || (epoch == _missed.Epoch && seq > _missed.Seq) ? (seq, epoch) : _missed;
            }
        }

        public void Forget(long epoch)
        {
            lock (_gate)
            {
                _missed = epoch > _missed.Epoch ? (0, epoch) : _missed;
            }
        }

        public void Close(long opening)
        {
            lock (_gate)
            {
                Interlocked.Exchange(ref _opening, opening);
                _now = new AppliedMark(Unknown, 0, 0, IsWhole: false, Lacks: false, opening);
                Volatile.Write(ref _wholeFrom, Nowhere);
            }
        }

        public void BeWhole()
        {
            lock (_gate)
            {
                _now = _now with { IsWhole = true };
                Volatile.Write(ref _wholeFrom, _now.Seq);
            }
        }

        public void BeBehind()
        {
            lock (_gate)
            {
                _now = _now with { IsWhole = false };
                Volatile.Write(ref _wholeFrom, Nowhere);
            }
        }

        // Null where it is there.
        public Task? NextAfter(long seq)
        {
            lock (_gate)
            {
                return _now.Seq >= seq ? null : (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }
}

/// <summary>How far a shard is applied on this node.</summary>
/// <param name="Seq">Through which record; 0 for none, <see cref="AppliedMarks.Unknown"/> where it is not open.</param>
/// <param name="Hash">The rolling hash there.</param>
/// <param name="Epoch">Of that record; 0 where nobody knows it any more.</param>
/// <param name="IsWhole">Whether it had, since it was opened, once all that its journal had then.</param>
/// <param name="Lacks">Whether it lacks samples of records that it has applied: files that had them were damaged, or a record could not be read.</param>
/// <param name="Opening">Which opening of the shard this is, as <see cref="AppliedMarks.OpeningOf"/> says.</param>
internal readonly record struct AppliedMark(long Seq, long Hash, long Epoch, bool IsWhole, bool Lacks = false, long Opening = 0)
{
    /// <summary><see cref="Seq"/>, or <see cref="AppliedMarks.Unknown"/> where samples are lacking: a copy that does is nobody's first choice, however far it is.</summary>
    public long SoundSeq => Lacks ? AppliedMarks.Unknown : Seq;

    /// <summary>What readers of the shard go by.</summary>
    public ShardMark OfReaders => new(Seq, Lacks, Opening);
}
