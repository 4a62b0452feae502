using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>Which queries wait, run and ended lately. Safe for many threads.</summary>
/// <param name="recentMax">Ended queries that are remembered.</param>
internal sealed class QueryLedger(TimeProvider time, int recentMax)
{
    private readonly TimeProvider _time = time;
    private const int TextCharsMax = 4096;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Entry> _open = [];
    private readonly LinkedList<QueryRecord> _ended = new();
    private long _last;

    /// <summary>Opens an entry; it is dropped from the running ones when it is disposed.</summary>
    public Entry Begin(string query, QueryTimes times)
    {
        lock (_lock)
        {
            var entry = new Entry(this, ++_last, query.Length > TextCharsMax ? query[..TextCharsMax] : query, times);
            _open.Add(entry.Id, entry);
            return entry;
        }
    }

    /// <summary>Open ones oldest first, then ended ones newest first.</summary>
    public IReadOnlyList<QueryRecord> All()
    {
        lock (_lock)
        {
            return [.. _open.Values.Select(entry => entry.Record()), .. _ended];
        }
    }

    /// <summary>Cancels an open query.</summary>
    /// <returns>False where there is none of that number.</returns>
    public bool Cancel(long id)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_open.TryGetValue(id, out entry))
            {
                return false;
            }
        }

        entry.Cancel();
        return true;
    }

    private void End(Entry entry, QueryRecord record)
    {
        lock (_lock)
        {
            _open.Remove(entry.Id);
            _ended.AddFirst(record);
            if (_ended.Count > recentMax)
            {
                _ended.RemoveLast();
            }
        }
    }

    /// <summary>A query from when it comes in until it ends.</summary>
    internal sealed class Entry(QueryLedger ledger, long id, string query, QueryTimes times) : IDisposable
    {
        private readonly CancellationTokenSource _canceled = new();
        private readonly DateTimeOffset _began = ledger._time.GetUtcNow();
        private readonly long _begun = ledger._time.GetTimestamp();
        private volatile QueryState _state = QueryState.Waiting;
        private QueryStats? _stats;
        private string _error = string.Empty;
        private bool _disposed;

        public long Id => id;

        /// <summary>What the engine tells while it runs.</summary>
        public QueryProgress Progress { get; } = new();

        /// <summary>Fires when somebody cancels it by number.</summary>
        public CancellationToken Canceled => _canceled.Token;

        /// <summary>It has its turn.</summary>
        public void Run() => _state = QueryState.Running;

        /// <summary>It has an answer.</summary>
        public void Done(QueryStats? stats)
        {
            _stats = stats;
            _state = QueryState.Done;
        }

        /// <summary>It has none.</summary>
        public void Fail(QueryState state, string error)
        {
            _error = error;
            _state = state;
        }

        public void Cancel()
        {
            lock (_canceled)
            {
                if (!_disposed)
                {
                    _canceled.Cancel();
                }
            }
        }

        public QueryRecord Record()
        {
            (int done, int asked) = Progress.Shards;
            bool isOpen = _state is QueryState.Waiting or QueryState.Running;
            return new QueryRecord(
                id, query, times, _state, _began, ledger._time.GetElapsedTime(_begun), isOpen ? Progress.SamplesHeld : 0, Progress.SamplesPeak,
                _stats?.SamplesTotal, _stats?.SeriesRead, _error)
            {
                ShardsAsked = asked,
                ShardsDone = done,
            };
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (_canceled)
            {
                if (_disposed)
                {
                    return;
                }

                _disposed = true;
                _canceled.Dispose();
            }

            if (_state is QueryState.Waiting or QueryState.Running)
            {
                Fail(QueryState.Failed, "internal error");
            }

            ledger.End(this, Record());
        }
    }
}
