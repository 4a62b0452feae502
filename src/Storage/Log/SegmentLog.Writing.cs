using System.Diagnostics;

namespace Pleiad.Storage;

/// <content>What waits goes to the device, all of it together, and whoever waits learns what became of it.</content>
public sealed partial class SegmentLog
{
    /// <summary>Writes and flushes what is waiting, and completes those who wait for it. Nothing where nothing waits.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool FlushOnce()
    {
        lock (_writing)
        {
            lock (_gate)
            {
                _isAwaited = false;
                if (_waiters.Count == 0 || _failure is not null)
                {
                    return false;
                }

                (_pending, _flushing) = (_flushing, _pending);
                (_waiters, _flushingWaiters) = (_flushingWaiters, _waiters);
            }

            long started = Stopwatch.GetTimestamp();
            SegmentFile? segment = null;
            try
            {
                segment = WritableSegment();
                _file!.Append(_flushing.Written);
            }
            catch (DiskFullException e)
            {
                RefuseAll(e, segment);
                return true;
            }
            catch (IOException e)
            {
                FailForGood($"cannot write the log: {e.Message}");
                return true;
            }

            try
            {
                _file.Flush();
            }
            catch (IOException e)
            {
                FailForGood($"cannot flush the log, what the device has is unknown: {e.Message}");
                return true;
            }

            Acknowledge(segment);
            StorageMetrics.Flushed(_flushing.Length, Stopwatch.GetElapsedTime(started));
            _room.Wrote(_flushing.Length);
            _flushing.Clear(_room.BytesKept);
            _flushingWaiters.Clear();
            return true;
        }
    }

    private SegmentFile WritableSegment()
    {
        SegmentFile? current = _file is null ? null : _segments[^1];
        return current is not null && current.Length < _settings.SegmentBytes ? current : BeginSegment();
    }

    private SegmentFile BeginSegment()
    {
        long firstLsn;
        lock (_gate)
        {
            firstLsn = _durableLsn + 1;
        }

        string path = Path.Combine(_directory, SegmentFormat.NameOf(_nextSegment));
        var next = new SegmentFile(_nextSegment, path);
        IFile? file = null;
        try
        {
            file = _files.Create(path);
            Span<byte> head = stackalloc byte[SegmentFormat.HeadBytes];
            SegmentFormat.WriteHead(head, next.Number, firstLsn);
            file.Append(head);
            file.Flush();
            _files.FlushDirectory(_directory);
        }
        catch (DiskFullException)
        {
            // Without its head it is nothing; the next attempt makes it anew under the same name.
            file?.Dispose();
            _files.Delete(path);
            throw;
        }
        catch (IOException)
        {
            file?.Dispose();
            throw;
        }

        next.Length = SegmentFormat.HeadBytes;
        _file?.Dispose();
        _file = file;
        _nextSegment++;
        lock (_gate)
        {
            _segments.Add(next);
        }

        return next;
    }

    private void Acknowledge(SegmentFile segment)
    {
        lock (_gate)
        {
            segment.Length += _flushing.Length;
            _durableLsn += _flushingWaiters.Count;
            _refusal = null;
            foreach (Waiter waiter in _flushingWaiters)
            {
                segment.Note(waiter.Shard, waiter.Seq);
                TailOf(waiter.Shard).DurableSeq = waiter.Seq;
            }
        }

        foreach (Waiter waiter in _flushingWaiters)
        {
            waiter.SetResult(LogOutcome.Durable);
        }
    }

    // Nothing of what waited is on the device, and numbers go on behind what is.
    private void RefuseAll(DiskFullException cause, SegmentFile? segment)
    {
        try
        {
            if (segment is not null)
            {
                _file!.Truncate(segment.Length);
            }
        }
        catch (IOException e)
        {
            FailForGood($"cannot cut what a full disk left half written: {e.Message}");
            return;
        }

        List<Waiter> refused;
        lock (_gate)
        {
            refused = [.. _flushingWaiters, .. _waiters];
            _flushingWaiters.Clear();
            _waiters.Clear();
            _flushing.Clear(_room.BytesKept);
            _pending.Clear(_room.BytesKept);
            _nextLsn = _durableLsn + 1;
            _refusal = cause.Message;
            foreach (ShardTail tail in _tails.Values)
            {
                tail.NextSeq = tail.DurableSeq + 1;
            }
        }

        StorageMetrics.LogRefused.Add(refused.Count);
        foreach (Waiter waiter in refused)
        {
            waiter.SetResult(new LogOutcome(LogResult.Refused, cause.Message));
        }
    }

    private void FailForGood(string reason)
    {
        List<Waiter> lost;
        lock (_gate)
        {
            Volatile.Write(ref _failure, reason);
            lost = [.. _flushingWaiters, .. _waiters];
            _flushingWaiters.Clear();
            _waiters.Clear();
            _flushing.Clear();
            _pending.Clear();
        }

        _failed.TrySetResult(reason);
        StorageMetrics.LogFailed.Add(1);
        foreach (Waiter waiter in lost)
        {
            waiter.SetResult(new LogOutcome(LogResult.Failed, reason));
        }
    }
}
