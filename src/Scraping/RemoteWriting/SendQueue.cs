using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>
/// The samples of one lane to one destination that wait to be sent. Memory holds so many; when it is full, what comes is only noted by its
/// time, and is read back from storage once the receiver takes samples again: a slow or absent receiver costs no memory and loses nothing
/// that storage still has. Thread-safe: shards offer, the lane takes.
/// </summary>
public sealed class SendQueue
{
    // What a catch-up reads at once: its view of the shard is held for that long.
    private static readonly long SliceMs = (long)TimeSpan.FromMinutes(10).TotalMilliseconds;

    private readonly Lock _lock = new();
    private readonly RemoteWriteConfig _config;
    private readonly SeriesForwarding _forwarding;
    private readonly Queue<Waiting> _waiting = new();
    private readonly Dictionary<Labels, Known> _known = [];
    private bool _afterCatchUp;
    private bool _behind;
    private bool _mayOverlap;
    private long _behindFrom = long.MaxValue;
    private long _newestOffered = long.MinValue;
    private long _underWay = long.MaxValue;
    private int _generation;

    /// <summary>An empty queue.</summary>
    /// <param name="config">Its destination.</param>
    /// <param name="position">Where an earlier queue of the destination ended (<see cref="PositionOf"/>); null to begin with what comes.</param>
    public SendQueue(RemoteWriteConfig config, long? position = null)
    {
        _config = config;
        _forwarding = new SeriesForwarding(config);
        if (position is { } from)
        {
            _behind = true;
            _mayOverlap = true;
            _behindFrom = from + 1;
            _newestOffered = from;
        }
    }

    /// <summary>The destination.</summary>
    public RemoteWriteConfig Config => _config;

    /// <summary>Samples in memory.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Whether samples have to be read back from storage.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_lock)
            {
                return _behind;
            }
        }
    }

    /// <summary>Takes rows of a durable batch.</summary>
    /// <param name="batch">Stays the caller's.</param>
    /// <param name="rows">Which of its rows were accepted.</param>
    /// <returns>Whether there is reason to send: enough for a request, or the queue has fallen behind.</returns>
    public bool Offer(SampleBatch batch, ReadOnlySpan<int> rows)
    {
        ReadOnlySpan<SeriesKey> keys = batch.Series;
        ReadOnlySpan<long> times = batch.Times;
        ReadOnlySpan<double> values = batch.Values;
        ReadOnlySpan<NativeHistogram?> histograms = batch.Histograms;
        ReadOnlySpan<long> starts = batch.StartTimes;
        lock (_lock)
        {
            foreach (int row in rows)
            {
                NativeHistogram? histogram = histograms.IsEmpty ? null : histograms[row];
                if (KnownOf(keys[row].Labels) is { Outgoing: { } series } known && (histogram is null || _config.SendHistograms))
                {
                    Put(known, new OutgoingSample(series, times[row], values[row], starts.IsEmpty ? 0 : starts[row], histogram, null));
                }
            }

            if (_config.SendExemplars)
            {
                OfferExemplars(batch);
            }

            return _behind || _waiting.Count >= _config.Queue.SamplesPerSend;
        }
    }

    /// <summary>Moves the oldest samples into a batch until it has as many as a request may.</summary>
    public void TakeInto(SendBatch batch)
    {
        lock (_lock)
        {
            while (batch.Count < _config.Queue.SamplesPerSend && _waiting.TryDequeue(out Waiting waiting))
            {
                Known series = waiting.Series;
                bool isSample = waiting.Row.Exemplar is null;
                if (_afterCatchUp && isSample && waiting.Row.TimeMs <= series.SentThrough)
                {
                    continue;
                }

                batch.Add(waiting.Row);
                if (isSample)
                {
                    series.SentThrough = Math.Max(series.SentThrough, waiting.Row.TimeMs);
                }
            }

            _afterCatchUp &= _waiting.Count > 0;
        }
    }

    /// <summary>Begins to read back what was only noted. Call it when the memory is empty and <see cref="IsBehind"/>.</summary>
    /// <param name="nowMs">The wall clock, milliseconds since the epoch.</param>
    public CatchUpSlice BeginSlice(long nowMs)
    {
        lock (_lock)
        {
            long from = _behindFrom;
            if (_config.Queue.AgeMax > TimeSpan.Zero)
            {
                from = Math.Max(from, nowMs - (long)_config.Queue.AgeMax.TotalMilliseconds);
            }

            bool mayOverlap = _mayOverlap;
            _mayOverlap = false;
            _behindFrom = long.MaxValue;
            if (from < nowMs - SliceMs)
            {
                return new CatchUpSlice(TimeRange.Closed(from, from + SliceMs - 1), IsLast: false, mayOverlap);
            }

            // From here on what comes waits in memory again; a view taken later sees everything that was only noted.
            _behind = false;
            return new CatchUpSlice(TimeRange.Closed(from, long.MaxValue), IsLast: true, mayOverlap);
        }
    }

    /// <summary>Up to which time each series was sent already that has something in a slice: it is not sent again.</summary>
    /// <remarks>A late sample of such a series, from before that time, is taken for one of those.</remarks>
    public Dictionary<Labels, long> SentWithin(CatchUpSlice slice)
    {
        lock (_lock)
        {
            return _known.Where(entry => entry.Value.SentThrough > slice.Range.After)
                .ToDictionary(static entry => entry.Key, static entry => entry.Value.SentThrough);
        }
    }

    /// <summary>A slice is sent.</summary>
    /// <param name="slice">Which.</param>
    /// <param name="sentThrough">As <see cref="SentWithin"/> gave it, and brought forward by the reader.</param>
    public void EndSlice(CatchUpSlice slice, Dictionary<Labels, long> sentThrough)
    {
        lock (_lock)
        {
            foreach ((Labels series, Known known) in _known)
            {
                if (sentThrough.TryGetValue(series, out long through))
                {
                    known.SentThrough = Math.Max(known.SentThrough, through);
                }
            }

            if (slice.IsLast)
            {
                _afterCatchUp = _waiting.Count > 0;
            }
            else
            {
                _behindFrom = Math.Min(_behindFrom, slice.Range.Through + 1);
            }
        }
    }

    /// <summary>
    /// What was taken is not delivered after all and will be read back from storage, and with it what waits in memory: a series goes out in
    /// the order of time.
    /// </summary>
    /// <param name="fromMs">The oldest time of what was taken.</param>
    public void FallBack(long fromMs)
    {
        lock (_lock)
        {
            _behind = true;
            _mayOverlap = true;
            _behindFrom = Math.Min(_behindFrom, fromMs);
            foreach (Waiting waiting in _waiting)
            {
                _behindFrom = Math.Min(_behindFrom, waiting.Row.TimeMs);
            }

            _waiting.Clear();
        }
    }

    /// <summary>The oldest time that was taken and is not delivered yet, kept by whoever takes; <see cref="long.MaxValue"/> where there is none.</summary>
    public long UnderWayMs
    {
        get => Interlocked.Read(ref _underWay);
        set => Interlocked.Exchange(ref _underWay, value);
    }

    /// <summary>The oldest time that is not delivered yet; null where everything is.</summary>
    public long? OldestPending
    {
        get
        {
            lock (_lock)
            {
                long oldest = Math.Min(UnderWayMs, _behind ? _behindFrom : long.MaxValue);
                foreach (Waiting waiting in _waiting)
                {
                    oldest = Math.Min(oldest, waiting.Row.TimeMs);
                }

                return oldest < long.MaxValue ? oldest : null;
            }
        }
    }

    /// <summary>The newest time that the queue has seen; null before the first.</summary>
    public long? Newest
    {
        get
        {
            lock (_lock)
            {
                return _newestOffered == long.MinValue ? null : _newestOffered;
            }
        }
    }

    /// <summary>Up to which time a destination has everything that its queues have seen; null where they have seen nothing.</summary>
    /// <remarks>A lane that has delivered all it got holds nothing back, however long ago that was.</remarks>
    public static long? PositionOf(IEnumerable<SendQueue> queues)
    {
        long? pending = null;
        long? newest = null;
        foreach (SendQueue queue in queues)
        {
            // In this order: what is delivered in between is then counted as pending, not as never seen.
            newest = Later(newest, queue.Newest);
            pending = queue.OldestPending is { } oldest && !(pending < oldest) ? oldest : pending;
        }

        return pending - 1 ?? newest;
    }

    private static long? Later(long? one, long? other) => one > other || other is null ? one : other;

    /// <summary>Forgets series that have not been seen since the call before the last one.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            _generation++;
            foreach (Labels series in _known.Where(entry => entry.Value.Generation < _generation - 1).Select(static entry => entry.Key).ToArray())
            {
                _known.Remove(series);
            }
        }
    }

    private void OfferExemplars(SampleBatch batch)
    {
        foreach ((SeriesKey key, Exemplar exemplar) in batch.Exemplars)
        {
            // Storage does not give exemplars back: one that finds no room is not sent.
            if (!_behind && _waiting.Count < _config.Queue.Capacity && exemplar.At is { } at && KnownOf(key.Labels) is { Outgoing: { } series } known)
            {
                _waiting.Enqueue(new Waiting(known, new OutgoingSample(series, at.Milliseconds, exemplar.Value, 0, null, exemplar)));
            }
        }
    }

    private void Put(Known known, in OutgoingSample row)
    {
        _newestOffered = Math.Max(_newestOffered, row.TimeMs);
        if (_behind || _waiting.Count >= _config.Queue.Capacity)
        {
            _behind = true;
            _behindFrom = Math.Min(_behindFrom, row.TimeMs);
        }
        else
        {
            _waiting.Enqueue(new Waiting(known, row));
        }
    }

    // By labels, not by key: a batch from another node has keys of its own.
    private Known KnownOf(Labels series)
    {
        if (!_known.TryGetValue(series, out Known? known))
        {
            _known.Add(series, known = new Known(_forwarding.Of(series)));
        }

        known.Generation = _generation;
        return known;
    }

    private readonly record struct Waiting(Known Series, OutgoingSample Row);

    private sealed class Known(OutgoingSeries? outgoing)
    {
        public OutgoingSeries? Outgoing => outgoing;

        public int Generation { get; set; }

        /// <summary>The newest time that was taken to be sent.</summary>
        public long SentThrough { get; set; } = long.MinValue;
    }
}

/// <summary>A part of what has to be read back from storage.</summary>
/// <param name="Range">Which samples.</param>
/// <param name="IsLast">Whether samples wait in memory again meanwhile.</param>
/// <param name="MayOverlap">Whether the receiver may have some of it: where the last run, or the last try, ended is not known to the sample.</param>
public sealed record CatchUpSlice(TimeRange Range, bool IsLast, bool MayOverlap);
