using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>Scrapes one target: wakes at its slot, fetches, reads, and hands one batch a shard to the shards' owners.</summary>
/// <param name="target">Which.</param>
/// <param name="setup">Of its job.</param>
/// <param name="shards">Where batches go.</param>
/// <param name="hostName">Of this node, as others see it.</param>
/// <param name="firstReads">Lets targets begin.</param>
/// <param name="goesOn">Whether another node scraped it until now: each slot that it waits is a hole in its series.</param>
/// <param name="newestSample">As <see cref="ScrapePoolParts.NewestSample"/>.</param>
/// <param name="log">For people.</param>
internal sealed class TargetActor(
    Target target, PoolSetup setup, ShardDirectory shards, string hostName, FirstReads firstReads, bool goesOn,
    Func<Labels, TimeRange, CancellationToken, Task<Timestamp?>>? newestSample, ILogger log) : Actor
{
    /// <summary>How often one that goes on asks for a place in the first half of its slot; later the samples would be the next slot's.</summary>
    private const int AsksInHalfASlot = 8;

    /// <summary>Slots before the last one in which another node must have scraped it, for the last one to be a hole.</summary>
    private const int SlotsLookedBack = 4;

    /// <summary>Batches under way at most; while the journal is that far behind, slots are passed over.</summary>
    private const int UnacknowledgedMax = 16;

    private readonly CancellationTokenSource _stop = new();
    private Target _target = target;
    private PoolSetup _setup = setup;
    private ScrapeSchedule _schedule = new(target);
    private TargetFetcher _fetcher = setup.Fetcher.For(target);
    private ScrapeReader? _reader;
    private bool _readerOutdated;
    private Timestamp _slot;
    private long _scheduledAt;
    private TimeSpan _wait;
    private bool _begun;
    private FirstReads.Place? _firstRead;
    private bool _fetching;
    private bool _retired;
    private int _unacknowledged;
    private TargetHealth _health = TargetHealth.Unknown;
    private string _lastError = string.Empty;
    private DateTimeOffset? _lastScrape;
    private TimeSpan _lastDuration;

    private ScrapeReader Reader => _reader ??= _setup.ReaderFor(_target, shards.Map, Context.Time);

    private Timestamp Now => Timestamp.From(Context.Time.GetUtcNow());

    protected override void PreStart()
    {
        ScheduleAfter(Now);
        if (goesOn)
        {
            LookAtLastSlot();
        }
    }

    protected override void PostStop()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case Due:
                OnDue();
                break;
            case SlotLookedAt looked:
                OnSlotLookedAt(looked);
                break;
            case Fetched fetched:
                OnFetched(fetched);
                break;
            case IngestOutcome outcome:
                OnWritten(outcome);
                break;
            case TellStatus:
                Sender.Tell(Status(), Self);
                break;
            case TellMetadata:
                Sender.Tell(new TargetMetadata(_target.Labels, _target.Pool, Reader.ReadMetadata()), Self);
                break;
            case ScrapeLike like:
                OnScrapeLike(like);
                break;
            case Retire:
                OnRetire();
                break;
            case EndDue:
                // Dated at the first slot that was missed, as Prometheus does: whoever scrapes the same series on has later samples by
                // now, so that the markers are refused instead of ending his series.
                Write(Reader.End(_slot));
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnDue()
    {
        // The timer runs on the steady clock, slots on the wall clock: small differences are the timer's, large ones a jump.
        Timestamp now = Now;
        Timestamp slot = (now - _slot).Duration() < _target.Interval / 2 ? _slot : _schedule.SlotAt(now);
        // On the steady clock: a jump of the wall clock skips slots without the node being late for them.
        double late = Math.Round((Context.Time.GetElapsedTime(_scheduledAt) - _wait) / _target.Interval);
        ActorsMetrics.SlotsMissed.Add((long)Math.Max(late, 0));
        ScheduleAfter(slot > now ? slot : now);
        if (_fetching || _unacknowledged >= UnacknowledgedMax)
        {
            ActorsMetrics.SlotsMissed.Add(1);
            return;
        }

        if (!_begun && (_firstRead = firstReads.TryEnter()) is null)
        {
            AskAgain(slot, now);
            return;
        }

        if (_readerOutdated)
        {
            _readerOutdated = false;
            ReplaceReader();
        }

        var moment = new ScrapeMoment(slot, Context.Time.GetTimestamp(), _target.Timeout);
        _lastScrape = DateTimeOffset.FromUnixTimeMilliseconds(now.Milliseconds);
        if (_setup.OverLimit is { } overLimit)
        {
            OnRead(Reader.Fail(overLimit, tooLarge: false, moment));
            Begin();
            return;
        }

        _fetching = true;
        Context.PipeToSelf(_fetcher.FetchAsync(_stop.Token), page => new Fetched(page, moment), failure => new Fetched(null, moment, failure));
    }

    // While its shard was handed over, or its leader was dead and not known to be, nobody scraped it. The slot that began last is not too late yet.
    private void LookAtLastSlot()
    {
        Timestamp slot = _schedule.SlotAt(Now);
        if (newestSample is not null && IsInHalf(slot))
        {
            var range = TimeRange.Closed((slot - (_target.Interval * SlotsLookedBack)).Milliseconds, slot.Milliseconds);
            Context.PipeToSelf(newestSample(Reader.Up, range, _stop.Token), newest => new SlotLookedAt(slot, newest), _ => new SlotLookedAt(slot, null));
        }
    }

    private void OnSlotLookedAt(SlotLookedAt looked)
    {
        if (!_begun && !_fetching && !_retired && looked.Newest is { } newest && newest < looked.Slot && IsInHalf(looked.Slot))
        {
            _slot = looked.Slot;
            _wait = TimeSpan.Zero;
            _scheduledAt = Context.Time.GetTimestamp();
            OnDue();
        }
    }

    // Later the samples would be the next slot's.
    private bool IsInHalf(Timestamp slot) => Now - slot < _target.Interval / 2;

    private void AskAgain(Timestamp slot, Timestamp now)
    {
        TimeSpan pause = _target.Interval / (2 * AsksInHalfASlot);
        if (!goesOn || (now - slot) + pause >= _target.Interval / 2)
        {
            firstReads.NoteDeferred(goesOn);
            return;
        }

        _slot = slot;
        _wait = pause;
        _scheduledAt = Context.Time.GetTimestamp();
        Timers.StartSingle(Due.Instance, Due.Instance, pause);
    }

    // The new reader knows what the old one had, so that series which the new configuration does not bring end with its first scrape.
    private void ReplaceReader()
    {
        if (_reader is { } old)
        {
            _reader = null;
            Reader.TakeOver(old);
        }
    }

    private void OnFetched(Fetched fetched)
    {
        _fetching = false;
        using FetchOutcome? page = fetched.Page;
        if (_retired)
        {
            return;
        }

        OnRead(page switch
        {
            null => Reader.Fail(fetched.Failure!.Message, tooLarge: false, fetched.Moment),
            { IsPage: false } => Reader.Fail(page.Error, page.Kind is FetchKind.BodyTooLarge or FetchKind.CompressionBomb, fetched.Moment),
            _ => Reader.Read(page.Page, page.ContentType, fetched.Moment),
        });
        Begin();
    }

    private void Begin()
    {
        _begun = true;
        if (_firstRead is { } place)
        {
            firstReads.Leave(place);
            _firstRead = null;
        }
    }

    private void OnRead(ScrapeResult result)
    {
        _health = result.Up ? TargetHealth.Up : TargetHealth.Down;
        _lastError = result.Error ?? string.Empty;
        _lastDuration = result.Duration;
        if (result.Error is { } error)
        {
            log.ScrapeFailed(_target.Pool, _target.Url, error);
            ActorsMetrics.ScrapesFailed.Add(1, new KeyValuePair<string, object?>("reason", ReasonOf(result.Refusal)));
        }

        if (result.TooNew + result.TooOld is > 0 and int outOfBounds)
        {
            log.SamplesOutOfBounds(_target.Pool, _target.Url, result.TooOld, result.TooNew);
            ActorsMetrics.SamplesRefused.Add(outOfBounds, new KeyValuePair<string, object?>("reason", "out-of-bounds"));
        }

        if (result.Duplicates > 0)
        {
            ActorsMetrics.SamplesRefused.Add(result.Duplicates, new KeyValuePair<string, object?>("reason", "twice-on-a-page"));
        }

        Write(result.Batches);
    }

    private void Write(IReadOnlyList<SampleBatch> batches)
    {
        foreach (SampleBatch batch in batches)
        {
            ActorRef owner = shards.OwnerOf(batch.Shard);
            if (owner.TryTell(new AppendBatch(batch), Self) == TellOutcome.Accepted)
            {
                _unacknowledged++;
            }
            else
            {
                ActorsMetrics.BatchesRefused.Add(1);
                batch.Dispose();
            }
        }
    }

    private void OnWritten(IngestOutcome outcome)
    {
        _unacknowledged--;
        if (outcome.Refused > 0)
        {
            log.SamplesRefused(
                _target.Pool, _target.Url, outcome.Refused, outcome.OutOfOrder + outcome.BeyondWindow, outcome.Conflicting, outcome.TooOld, outcome.SeriesOverLimit);
        }
    }

    private void OnScrapeLike(ScrapeLike like)
    {
        // Replaced by the next scrape and not before: should the target go first, the old one knows which series end.
        _readerOutdated |= like.Setup.Fingerprint != _setup.Fingerprint;
        bool moved = like.Target.Interval != _target.Interval;
        _target = like.Target;
        _setup = like.Setup;
        _fetcher = _setup.Fetcher.For(_target);
        if (_retired || moved)
        {
            // Back before its stale markers were written: it goes on as if it had never been away.
            _retired = false;
            Timers.Cancel(EndDue.Instance);
            _schedule = new ScrapeSchedule(_target);
            ScheduleAfter(Now);
        }
    }

    // As Prometheus: two intervals and a tenth, so that whoever scrapes the target on has had his turn.
    // The markers stand at the first slot that was not scraped: what another target wrote to the same series since then refuses them.
    private void OnRetire()
    {
        if (_retired)
        {
            return;
        }

        _retired = true;
        Timers.Cancel(Due.Instance);
        Timers.StartSingle(EndDue.Instance, EndDue.Instance, _target.Interval * 2.1);
    }

    private static string ReasonOf(ScrapeRefusal refusal) => refusal switch
    {
        ScrapeRefusal.Syntax => "syntax",
        ScrapeRefusal.SampleLimit => "sample-limit",
        ScrapeRefusal.LabelLimit => "label-limit",
        ScrapeRefusal.BucketLimit => "bucket-limit",
        ScrapeRefusal.PageLimit => "page-limit",
        _ => "no-page",
    };

    private void ScheduleAfter(Timestamp at)
    {
        _slot = _schedule.NextAfter(at);
        TimeSpan wait = _slot - Now;
        _wait = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        _scheduledAt = Context.Time.GetTimestamp();
        Timers.StartSingle(Due.Instance, Due.Instance, _wait);
    }

    private ActiveTarget Status() => new(
        _target.DiscoveredLabels,
        _target.Labels,
        _target.Pool,
        _target.Url,
        _target.UrlSeenFromElsewhere(hostName),
        _lastError,
        _lastScrape,
        _lastDuration,
        _health,
        _target.Interval,
        _target.Timeout);

    private sealed record Fetched(FetchOutcome? Page, ScrapeMoment Moment, Exception? Failure = null);

    /// <param name="Slot">Which.</param>
    /// <param name="Newest">When the target was scraped last, the slot included; null for not lately, or where nobody knows.</param>
    private sealed record SlotLookedAt(Timestamp Slot, Timestamp? Newest);

    private sealed class Due
    {
        public static readonly Due Instance = new();
    }

    private sealed class EndDue
    {
        public static readonly EndDue Instance = new();
    }
}
