namespace Pleiad.Actors;

/// <summary>
/// What a query of another node has open here: views, which all its reads share, and streams that are not read to their end. Ends when the
/// other node says so, or when its time is over; what runs then is cancelled, and the views are given back when the last of it has ended.
/// </summary>
internal sealed class OpenQuery : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<LocalViews> _views = [];
    private readonly Dictionary<ulong, RecordStreamWriter> _streams = [];
    private readonly SemaphoreSlim _viewing = new(1, 1);
    private readonly CancellationTokenSource _expired;
    private readonly CancellationTokenSource _over;
    private int _running;
    private bool _hasEnded;

    /// <param name="left">How long it may last.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="whenOver">Called once, when it is over in whichever way.</param>
    public OpenQuery(TimeSpan left, TimeProvider time, Action whenOver)
    {
        _expired = new CancellationTokenSource(left, time);
        _over = CancellationTokenSource.CreateLinkedTokenSource(_expired.Token);
        _expired.Token.Register(whenOver);
    }

    /// <summary>Fires when its time is over.</summary>
    public CancellationToken Expired => _expired.Token;

    /// <summary>Fires then, and when nobody wants it any more.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Runs a part of it; null when it has ended.</summary>
    public async Task<T?> RunAsync<T>(Func<Task<T>> part)
        where T : class
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return null;
            }

            _running++;
        }

        try
        {
            return await part();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Views of some shards: those that there are, new ones of the others. Only while a part of it runs.</summary>
    public async Task<IReadOnlyDictionary<int, LocalViews>> ViewAsync(ILocalShards local, IReadOnlyList<int> shards)
    {
        await _viewing.WaitAsync(Over);
        try
        {
            int[] lacking = [.. shards.Where(shard => !_views.Exists(views => views.Has(shard)))];
            if (lacking.Length > 0)
            {
                _views.Add(await local.ViewAsync(lacking, Over));
            }

            return shards.ToDictionary(shard => shard, shard => _views.First(views => views.Has(shard)));
        }
        finally
        {
            _viewing.Release();
        }
    }

    /// <summary>Keeps a stream that goes on.</summary>
    public void Keep(ulong stream, RecordStreamWriter writer)
    {
        lock (_gate)
        {
            _streams[stream] = writer;
        }
    }

    /// <summary>Takes a stream, to read on in it; null where there is none of that number, or somebody else has it.</summary>
    public RecordStreamWriter? Take(ulong stream)
    {
        lock (_gate)
        {
            return _streams.Remove(stream, out RecordStreamWriter? writer) ? writer : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
            _running++;
        }

        _over.Cancel();
        Leave();
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_running > 0 || !_hasEnded)
            {
                return;
            }
        }

        foreach (RecordStreamWriter stream in _streams.Values)
        {
            stream.Dispose();
        }

        foreach (LocalViews views in _views)
        {
            views.Dispose();
        }

        _viewing.Dispose();
        _over.Dispose();
        _expired.Dispose();
    }
}
