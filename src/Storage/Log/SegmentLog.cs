using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// The log of all shards of a data directory: records are gathered in memory, written and flushed together by
/// <see cref="FlushOnce"/> (which <see cref="SegmentLogFlusher"/> calls on a thread of its own), then acknowledged together.
/// </summary>
/// <remarks>
/// A full disk refuses what was waiting, cuts what was half written, and the next flush tries again. A failed flush is final:
/// what the device has is unknown, so nothing is ever acknowledged again (<see cref="Failure"/>).
/// </remarks>
public sealed partial class SegmentLog : IShardLog, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly GroupRoom _room = new();
    private readonly IFiles _files;
    private readonly string _directory;
    private readonly SegmentLogSettings _settings;
    private readonly Dictionary<int, ShardTail> _tails = [];
    private readonly List<SegmentFile> _segments;
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ByteWriter _pending = new(GroupRoom.BytesMin);
    private ByteWriter _flushing = new(GroupRoom.BytesMin);
    private List<Waiter> _waiters = [];
    private List<Waiter> _flushingWaiters = [];
    private IFile? _file;
    private long _nextLsn;
    private long _durableLsn;
    private long _nextSegment;
    private string? _failure;
    private volatile bool _isAwaited;
    private string? _refusal;

    internal SegmentLog(IFiles files, string directory, SegmentLogSettings settings, List<SegmentFile> segments, long nextLsn, long nextSegment)
    {
        _files = files;
        _directory = directory;
        _settings = settings;
        _segments = segments;
        _nextLsn = nextLsn;
        _durableLsn = nextLsn - 1;
        _nextSegment = nextSegment;
    }

    /// <summary>Called, on the appender's thread, when something begins to wait and when enough waits to be flushed at once.</summary>
    public Action? WorkWaits { get; set; }

    /// <summary>Whether somebody waits for what is pending, see <see cref="FlushSoon"/>.</summary>
    public bool IsAwaited => _isAwaited;

    /// <summary>Completes, with the reason, when the log has failed for good and the process should stop.</summary>
    public Task<string> Failed => _failed.Task;

    /// <summary>Why the log has failed for good, or null.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>Why the last flush refused what was waiting (no space), or null when it did not: appends are answered 503 meanwhile.</summary>
    public string? Refusal => Volatile.Read(ref _refusal);

    /// <summary>Bytes waiting to be flushed.</summary>
    public int PendingBytes
    {
        get
        {
            lock (_gate)
            {
                return _pending.Length;
            }
        }
    }

    /// <summary>Segments on disk.</summary>
    public int SegmentCount
    {
        get
        {
            lock (_gate)
            {
                return _segments.Count;
            }
        }
    }

    /// <summary>Bytes of all segments on disk.</summary>
    public long SegmentBytes
    {
        get
        {
            lock (_gate)
            {
                return _segments.Sum(static segment => segment.Length);
            }
        }
    }

    /// <summary>Its settings.</summary>
    public SegmentLogSettings Settings => _settings;

    /// <inheritdoc/>
    public ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload)
    {
        bool wakes;
        Waiter waiter;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return new ValueTask<LogOutcome>(new LogOutcome(LogResult.Failed, _failure));
            }

            ShardTail tail = TailOf(shard.Value);
            if (epoch < tail.Epoch)
            {
                return Fenced($"shard {shard} has epoch {tail.Epoch}; {epoch} is older");
            }

            if (seq != tail.NextSeq)
            {
                return Fenced($"shard {shard} goes on with number {tail.NextSeq}, not {seq}");
            }

            if (payload.Length > SegmentFormat.PayloadBytesMax)
            {
                return Refused($"a record of {payload.Length} bytes exceeds {SegmentFormat.PayloadBytesMax}");
            }

            if (_pending.Length + payload.Length > _settings.QueueBytesMax)
            {
                StorageMetrics.LogRefused.Add(1);
                return Refused($"{_pending.Length} bytes wait to be flushed, and the limit is {_settings.QueueBytesMax}");
            }

            int before = _pending.Length;
            SegmentFormat.WriteRecord(_pending, new RecordHead(_nextLsn++, shard.Value, epoch, seq), payload.Span);
            tail.Epoch = epoch;
            tail.NextSeq = seq + 1;
            waiter = new Waiter(shard.Value, seq);
            _waiters.Add(waiter);
            wakes = before == 0 || (before < _settings.FlushBytes && _pending.Length >= _settings.FlushBytes);
        }

        if (wakes)
        {
            WorkWaits?.Invoke();
        }

        return new ValueTask<LogOutcome>(waiter.Task);
    }

    /// <summary>Somebody waits for what is pending: it is flushed when the flush under way is done, without regard to the interval.</summary>
    public void FlushSoon()
    {
        _isAwaited = true;
        WorkWaits?.Invoke();
    }

    /// <inheritdoc/>
    public ValueTask ReplayAsync(ShardId shard, long afterSeq, LogVisitor visit, CancellationToken cancel)
    {
        SegmentFile[] segments;
        lock (_gate)
        {
            segments = [.. _segments.Where(segment => segment.HasAfter(shard.Value, afterSeq))];
        }

        foreach (SegmentFile segment in segments)
        {
            byte[] bytes = ReadSound(segment);
            foreach (FoundRecord record in SegmentScan.Of(bytes, SegmentFormat.HeadBytes).Records)
            {
                cancel.ThrowIfCancellationRequested();
                if (record.Head.Shard == shard.Value && record.Head.Seq > afterSeq)
                {
                    visit(shard, record.Head.Epoch, record.Head.Seq, bytes.AsSpan(record.Start, record.Length));
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Release(ShardId shard, long throughSeq)
    {
        lock (_writing)
        {
            lock (_gate)
            {
                ShardTail tail = TailOf(shard.Value);
                tail.Released = Math.Max(tail.Released, throughSeq);
            }

            // One after the other, the oldest first, and none behind one that is still there: a gap among segments looks like a loss.
            while (OldestCovered() is { } oldest)
            {
                _files.Delete(oldest.Path);
                lock (_gate)
                {
                    _segments.RemoveAt(0);
                }

                _files.FlushDirectory(_directory);
            }
        }
    }

    /// <summary>
    /// Begins a new segment where the newest has records, so that those can be let go like all others: the newest segment always stays.
    /// Nothing on a full disk.
    /// </summary>
    /// <exception cref="IOException">The log has failed for good over it.</exception>
    public void Roll()
    {
        lock (_writing)
        {
            if (Failure is not null || (_file is not null && _segments[^1].Length == SegmentFormat.HeadBytes))
            {
                return;
            }

            try
            {
                BeginSegment();
            }
            catch (DiskFullException)
            {
                // What could have been let go stays until there is space to write beside it.
            }
            catch (IOException e)
            {
                FailForGood($"cannot begin a segment of the log: {e.Message}");
                throw;
            }
        }
    }

    /// <summary>Whether a shard is among those for whose records the oldest segment is kept: no later one can go before it.</summary>
    public bool HoldsOldest(ShardId shard)
    {
        lock (_gate)
        {
            return _segments.Count > 1 && _segments[0].HasAfter(shard.Value, TailOf(shard.Value).Released);
        }
    }

    /// <summary>Says how far a shard is after recovery, so that its next record has the next number.</summary>
    public void Resume(ShardId shard, long appliedSeq)
    {
        lock (_gate)
        {
            ShardTail tail = TailOf(shard.Value);
            if (appliedSeq >= tail.NextSeq)
            {
                tail.NextSeq = appliedSeq + 1;
                tail.DurableSeq = appliedSeq;
            }
        }
    }

    /// <summary>Flushes what is waiting and closes the file.</summary>
    public void Dispose()
    {
        while (FlushOnce())
        {
        }

        lock (_writing)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    internal void NoteRecovered(in RecordHead head)
    {
        ShardTail tail = TailOf(head.Shard);
        tail.Epoch = Math.Max(tail.Epoch, head.Epoch);
        tail.DurableSeq = Math.Max(tail.DurableSeq, head.Seq);
        tail.NextSeq = tail.DurableSeq + 1;
    }

    private static ValueTask<LogOutcome> Fenced(string reason) => new(new LogOutcome(LogResult.Fenced, reason));

    private static ValueTask<LogOutcome> Refused(string reason) => new(new LogOutcome(LogResult.Refused, reason));

    private ShardTail TailOf(int shard)
    {
        if (!_tails.TryGetValue(shard, out ShardTail? tail))
        {
            _tails.Add(shard, tail = new ShardTail());
        }

        return tail;
    }

    // The newest stays: its number is the proof of what came before.
    private SegmentFile? OldestCovered()
    {
        lock (_gate)
        {
            return _segments.Count > 1 && _segments[0].IsCovered(number => TailOf(number).Released) ? _segments[0] : null;
        }
    }

    private byte[] ReadSound(SegmentFile segment)
    {
        using IFile file = _files.OpenRead(segment.Path);
        var bytes = new byte[segment.Length];
        int read = file.Read(0, bytes);
        return read == bytes.Length ? bytes : throw new CorruptDataException(segment.Path, read, "the segment is shorter than it was");
    }

    private sealed class Waiter(int shard, long seq) : TaskCompletionSource<LogOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Shard { get; } = shard;

        public long Seq { get; } = seq;
    }

    private sealed class ShardTail
    {
        public long Epoch;
        public long NextSeq = 1;
        public long DurableSeq;
        public long Released;
    }
}
