using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// Empties one lane to a destination: one request at a time, so that a series goes out in the order of time. What the receiver may take
/// later is tried again for as long as it takes; what waited too long for memory is read back from the shards.
/// </summary>
internal sealed class SendLaneActor : Actor
{
    private static readonly TimeSpan ViewTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);

    // Times that a refused request is sent again without its oldest samples: what overlaps is seconds.
    private const int TrimsMax = 64;

    private readonly SendLane _lane;
    private readonly SendDestination _destination;
    private readonly IReadOnlyList<ShardId> _shards;
    private readonly ShardDirectory _directory;
    private readonly LedShards? _led;
    private readonly ILogger _log;
    private readonly SendBatch _batch;
    private int _trims;
    private readonly SendFailures _failures;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Queue<ShardId> _unread = new();
    private bool _busy;
    private bool _flushing;
    private ActorRef? _flusher;
    private CatchUpSlice? _slice;
    private Dictionary<Labels, long> _sentThrough = [];
    private ShardView? _view;
    private CatchUpReader? _reader;
    private Task _reading = Task.CompletedTask;
    private long _firstSent;

    /// <param name="lane">What it empties.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="shards">Whose samples come through the lane.</param>
    /// <param name="directory">Where the shards are.</param>
    /// <param name="led">Those whose samples this node forwards, of a copy another node does; null where it has all of them.</param>
    /// <param name="log">For people.</param>
    public SendLaneActor(
        SendLane lane, SendDestination destination, IReadOnlyList<ShardId> shards, ShardDirectory directory, LedShards? led, ILogger log)
    {
        _lane = lane;
        _destination = destination;
        _shards = shards;
        _directory = directory;
        _led = led;
        _log = log;
        _batch = new SendBatch(destination.Config);
        _failures = new SendFailures(destination.Config.Queue);
    }

    private SendQueue Queue => _lane.Queue;

    private SendQueueConfig Settings => _destination.Config.Queue;

    protected override void PreStart()
    {
        _lane.Belongs(Self);

        // Whoever woke the lane before it belonged to anybody told nobody.
        _lane.Looked();
        Timers.StartPeriodic(Deadline.Instance, Deadline.Instance, Settings.Deadline > TimeSpan.Zero ? Settings.Deadline : TimeSpan.FromMilliseconds(1));
        Timers.StartPeriodic(SweepDue.Instance, SweepDue.Instance, SweepInterval);
        Pump();
    }

    // The queue outlives a failed turn; what the turn held goes back to it.
    protected override void PostStop()
    {
        _stopping.Cancel();
        LetGo();
        if (Queue.UnderWayMs < long.MaxValue)
        {
            Queue.FallBack(Queue.UnderWayMs);
            Queue.UnderWayMs = long.MaxValue;
        }

        _flusher?.Tell(new LaneFlushed(), Self);
        _stopping.Dispose();
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case WakeLane:
                _lane.Looked();
                Pump();
                break;
            case Deadline:
                _flushing = true;
                Pump();
                break;
            case Begun of when !ReferenceEquals(of.By, this):
                // Asked for before a failed turn: what the lane holds now has nothing to do with it.
                of.LetGo();
                break;
            case Sent sent:
                OnSent(sent.Outcome);
                break;
            case RetryDue:
                Send();
                break;
            case ViewTaken taken:
                _view = taken.View;
                _reader = new CatchUpReader(_destination.Config, taken.View, _slice!, _sentThrough, _stopping.Token);
                Read();
                break;
            case ReadBack read:
                OnRead(read.More);
                break;
            case ReadingFailed failed:
                OnReadingFailed(failed.Reason);
                break;
            case ReadAgainDue:
                _busy = false;
                Pump();
                break;
            case FlushLane:
                _flusher = Sender;
                _flushing = true;
                Pump();
                break;
            case SweepDue:
                Queue.Sweep();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Pump()
    {
        if (_busy)
        {
            return;
        }

        while (true)
        {
            if (_slice is not null)
            {
                GoOnReading();
                return;
            }

            int waiting = Queue.Count;
            bool behind = Queue.IsBehind;
            if (waiting > 0 && (waiting >= Settings.SamplesPerSend || _flushing || behind))
            {
                Queue.TakeInto(_batch);
                if (_batch.Count > 0)
                {
                    Send();
                    return;
                }

                continue;
            }

            if (!behind || _flusher is not null)
            {
                _flushing = false;
                _flusher?.Tell(new LaneFlushed(), Self);
                _flusher = null;
                return;
            }

            _slice = Queue.BeginSlice(Timestamp.From(Context.Time.GetUtcNow()).Milliseconds);
            Queue.UnderWayMs = _slice.Range.After + 1;
            _sentThrough = Queue.SentWithin(_slice);
            foreach (ShardId shard in _shards.Where(shard => _led is null || _led.Leads(shard.Value)))
            {
                _unread.Enqueue(shard);
            }
        }
    }

    private void GoOnReading()
    {
        if (_reader is not null)
        {
            Read();
        }
        else if (_unread.TryPeek(out ShardId shard))
        {
            _busy = true;
            Context.PipeToSelf(
                _directory.OwnerOf(shard).Ask<ShardView>(TakeView.Instance, ViewTimeout, _stopping.Token),
                view => new ViewTaken(this, view),
                failure => new ReadingFailed(this, failure.Message));
        }
        else
        {
            Queue.EndSlice(_slice!, _sentThrough);
            Queue.UnderWayMs = long.MaxValue;
            _slice = null;
            _sentThrough = [];
            Pump();
        }
    }

    private void Read()
    {
        _busy = true;
        CatchUpReader reader = _reader!;
        Task<bool> reading = Task.Run(() => reader.Fill(_batch));
        _reading = reading;
        Context.PipeToSelf(
            reading, more => new ReadBack(this, more), failure => new ReadingFailed(this, failure.Message));
    }

    private void OnRead(bool more)
    {
        if (!more)
        {
            LetGo();
            _unread.Dequeue();
        }

        if (_batch.Count > 0)
        {
            Send();
            return;
        }

        _busy = false;
        Pump();
    }

    private void OnReadingFailed(string reason)
    {
        _log.ReadBackFailed(_destination.ToString(), reason);
        LetGo();
        _unread.Clear();
        _batch.Clear();
        Queue.FallBack(_slice!.Range.After + 1);
        Queue.UnderWayMs = long.MaxValue;
        _slice = null;
        Timers.StartSingle(ReadAgainDue.Instance, ReadAgainDue.Instance, Settings.BackoffMax);
    }

    private void Send()
    {
        _busy = true;
        DropOld();
        if (_batch.Count == 0)
        {
            AfterRequest();
            return;
        }

        if (_slice is null)
        {
            Queue.UnderWayMs = _batch.OldestMs;
        }

        if (_failures.Count == 0)
        {
            _firstSent = Context.Time.GetTimestamp();
        }

        // Encoding and compressing take a millisecond: not in a turn.
        SendDestination destination = _destination;
        SendBatch batch = _batch;
        CancellationToken cancel = _stopping.Token;
        Context.PipeToSelf(
            Task.Run(() => destination.Client.SendAsync(batch.ToBody(destination.MetadataBesideSeries), cancel), cancel),
            outcome => new Sent(this, outcome),
            failure => new Sent(this, new SendOutcome(SendVerdict.TryAgain, failure.Message, null)));
    }

    private void DropOld()
    {
        if (Settings.AgeMax > TimeSpan.Zero)
        {
            long before = Timestamp.From(Context.Time.GetUtcNow() - Settings.AgeMax).Milliseconds;
            _destination.Count(RemoteWriteMetrics.SamplesTooOld, _batch.DropBefore(before));
        }
    }

    private void OnSent(SendOutcome outcome)
    {
        if (outcome.Verdict == SendVerdict.TryAgain)
        {
            _destination.Count(RemoteWriteMetrics.RequestsRetried, 1);
            if (_failures.Count == 0)
            {
                _log.SendingFails(_destination.ToString(), outcome.Reason);
            }

            Timers.StartSingle(RetryDue.Instance, RetryDue.Instance, _failures.PauseAfterOneMore(outcome.After));
            return;
        }

        if (outcome.Verdict == SendVerdict.Refused && _slice is { MayOverlap: true } && _trims++ < TrimsMax)
        {
            // A receiver may refuse a whole request for samples older than the newest it has: it has those, and gets the others without them.
            _destination.Count(RemoteWriteMetrics.SamplesRefused, _batch.DropOldest());
            Send();
            return;
        }

        if (outcome.Verdict == SendVerdict.Refused)
        {
            _destination.Count(RemoteWriteMetrics.SamplesRefused, _batch.Count);
            _destination.TellRefusal(_batch.Count, outcome.Reason, Context.Time);
        }
        else
        {
            _destination.Count(RemoteWriteMetrics.SamplesSent, _batch.Count);
        }

        if (_failures.Count > 0)
        {
            _log.SendingAgain(_destination.ToString(), Context.Time.GetElapsedTime(_firstSent), _failures.Count);
            _failures.Clear();
        }

        AfterRequest();
    }

    private void AfterRequest()
    {
        _batch.Clear();
        _trims = 0;
        if (_slice is null)
        {
            Queue.UnderWayMs = long.MaxValue;
        }

        _busy = false;
        Pump();
    }

    // A reader that still reads on a pool thread keeps what it reads until it has finished.
    private void LetGo()
    {
        (CatchUpReader? reader, ShardView? view) = (_reader, _view);
        (_reader, _view) = (null, null);
        _reading.ContinueWith(
            _ =>
            {
                reader?.Dispose();
                view?.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>The result of something that an instance of the actor began.</summary>
    private abstract record Begun(SendLaneActor By)
    {
        public virtual void LetGo()
        {
        }
    }

    private sealed record Sent(SendLaneActor By, SendOutcome Outcome) : Begun(By);

    private sealed record ViewTaken(SendLaneActor By, ShardView View) : Begun(By)
    {
        public override void LetGo() => View.Dispose();
    }

    private sealed record ReadBack(SendLaneActor By, bool More) : Begun(By);

    private sealed record ReadingFailed(SendLaneActor By, string Reason) : Begun(By);

    private sealed class Deadline
    {
        public static readonly Deadline Instance = new();
    }

    private sealed class RetryDue
    {
        public static readonly RetryDue Instance = new();
    }

    private sealed class ReadAgainDue
    {
        public static readonly ReadAgainDue Instance = new();
    }

    private sealed class SweepDue
    {
        public static readonly SweepDue Instance = new();
    }
}

/// <summary>Send what waits in memory now, without waiting for a full request; the answer is a <see cref="LaneFlushed"/>.</summary>
internal sealed record FlushLane;

/// <summary>The answer to <see cref="FlushLane"/>: nothing waits in memory any more.</summary>
internal sealed record LaneFlushed;
