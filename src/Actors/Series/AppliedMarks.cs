using System.Collections.Concurrent;

namespace Pleiad.Actors;

/// <summary>How far the journal of each shard is applied on this node; whoever needs a record can wait for it. Thread-safe.</summary>
internal sealed class AppliedMarks
{
    /// <summary>Of a shard that has none that counts: it is not open, or lacks samples of whatever age.</summary>
    public const long Unknown = -1;

    /// <summary>Where a view of a shard counts from that is not known to have been whole since it was opened: nowhere.</summary>
    public const long Nowhere = long.MaxValue;

    private readonly ConcurrentDictionary<int, Mark> _marks = new();

    /// <summary>Says through which record a shard is applied, and the rolling hash there.</summary>
    public void Note(int shard, long seq, long hash) => Of(shard).Set(seq, hash);

    /// <summary>Says that a shard is not open: who opens it may find less than was applied before.</summary>
    public void NoteClosed(int shard) => Of(shard).Close();

    /// <summary>Says that a shard has, as it is applied now, all that its journal had when it was looked at after the shard was opened.</summary>
    public void NoteWhole(int shard) => Of(shard).BeWhole();

    /// <summary>The record that a view of a shard has to have for it to be whole; <see cref="Nowhere"/> where none is known to be.</summary>
    public long WholeFrom(int shard) => Of(shard).WholeFrom;

    /// <summary>Through which record a shard is applied, and the rolling hash there; 0 for none.</summary>
    public (long Seq, long Hash) At(int shard) => Of(shard).Now;

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
        private (long Seq, long Hash) _now;
        private TaskCompletionSource? _waiting;
        private long _wholeFrom = Nowhere;

        public long WholeFrom => Volatile.Read(ref _wholeFrom);

        public (long Seq, long Hash) Now
        {
            get
            {
                lock (_gate)
                {
                    return _now;
                }
            }
        }

        public void Set(long seq, long hash)
        {
            TaskCompletionSource? waiting;
            lock (_gate)
            {
                _now = (seq, hash);
                waiting = _waiting;
                _waiting = null;
            }

            waiting?.SetResult();
        }

        public void Close()
        {
            lock (_gate)
            {
                _now = (Unknown, 0);
                Volatile.Write(ref _wholeFrom, Nowhere);
            }
        }

        public void BeWhole()
        {
            lock (_gate)
            {
                Volatile.Write(ref _wholeFrom, _now.Seq);
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
