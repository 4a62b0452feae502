using System.Collections.Concurrent;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// What one query sees of the cluster: views of this node's shards, and reads from those of other nodes, which keep their views until the query
/// ends. Used by one query, from whatever threads.
/// </summary>
/// <param name="reads">Of the node.</param>
/// <param name="here">Views of this node's shards.</param>
/// <param name="query">Its number.</param>
/// <param name="left">How long it may still take.</param>
/// <param name="goals">How far each shard has to be read; null where it may be read as it is. Of this node's it is.</param>
internal sealed class ClusterView(ClusterReads reads, LocalViews here, ulong query, Func<TimeSpan> left, StrongGoals? goals = null) : QueryView, IQuerySource
{
    private readonly ConcurrentDictionary<NodeIncarnation, PeerLink> _asked = new();
    private readonly ConcurrentDictionary<int, byte> _missing = new();
    private readonly ConcurrentDictionary<int, byte> _lacking = new();
    private readonly ShardedSource _here = new(
        [.. Enumerable.Range(0, reads.Local.Map.Count).Select(shard => here.Has(shard) ? here.Of(shard) : NoSeries.Instance)],
        reads.Local.Map,
        reads.Settings.ThreadsMax);

    private long _lastStream;
    private long _bytesFetched;
    private int _damagedElsewhere;

    /// <inheritdoc/>
    public override IQuerySource Source => this;

    /// <inheritdoc/>
    public override int ChunksDamaged => here.ChunksDamaged + Volatile.Read(ref _damagedElsewhere);

    /// <inheritdoc/>
    public override IReadOnlyList<int> ShardsMissing => [.. _missing.Keys.Order()];

    /// <inheritdoc/>
    public override IReadOnlyList<int> ShardsLacking => [.. _lacking.Keys.Order()];

    /// <inheritdoc/>
    public ShardMap Shards => reads.Local.Map;

    /// <inheritdoc/>
    public bool IsHere(int shard) => here.Has(shard);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> shards, CancellationToken cancel)
    {
        int[] elsewhere = [.. shards.Where(shard => !here.Has(shard))];
        if (elsewhere.Length == 0)
        {
            return await fragment.RunTogetherAsync([.. shards.Select(here.Of)], reads.Settings.ThreadsMax);
        }

        var body = new MessageWriter();
        fragment.Request().Write(body);
        Task<IReadOnlyDictionary<int, FragmentAnswer>> asking =
            GatherAsync(elsewhere, ReadKind.Fragment, body.Memory, symbols => new AnswerReader(fragment.Reader(symbols)), cancel, fragment.Answered);
        int[] local = [.. shards.Where(here.Has)];
        IReadOnlyList<FragmentAnswer> answers;
        try
        {
            answers = await fragment.RunAllAsync([.. local.Select(here.Of)], reads.Settings.ThreadsMax);
        }
        catch
        {
            // The query fails here; how it goes elsewhere is nobody's business any more.
            _ = asking.ContinueWith(static asked => asked.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }

        IReadOnlyDictionary<int, FragmentAnswer> others = await asking;
        int next = 0;
        return [.. shards.Select(shard => here.Has(shard) ? answers[next++] : others.TryGetValue(shard, out FragmentAnswer? answer) ? answer : fragment.Nothing())];
    }

    /// <inheritdoc/>
    public async ValueTask<SeriesCursor?> FetchAsync(SelectRequest request, CancellationToken cancel) =>
        Elsewhere(request.Matchers).Length == 0 ? null : await SelectAsync(request, labelsOnly: false, cancel);

    /// <inheritdoc/>
    public async ValueTask<SeriesCursor> SelectAsync(SelectRequest request, bool labelsOnly, CancellationToken cancel)
    {
        var body = new MessageWriter();
        SelectMessage.Write(body, request, labelsOnly);
        IReadOnlyDictionary<int, IReadOnlyList<FetchedSeries>> fetched = await GatherAsync(
            Elsewhere(request.Matchers), ReadKind.Series, body.Memory, symbols => ShardReaders.Series(symbols, OnFetched), cancel);
        return new FetchedCursor([.. fetched.OrderBy(static shard => shard.Key).SelectMany(static shard => shard.Value)], _here.Select(request, cancel));
    }

    /// <inheritdoc/>
    public ValueTask AddLabelNamesAsync(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        _here.AddLabelNames(matchers, range, into, cancel);
        return AddTextsAsync(ReadKind.LabelNames, string.Empty, matchers, range, into, cancel);
    }

    /// <inheritdoc/>
    public ValueTask AddLabelValuesAsync(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        _here.AddLabelValues(name, matchers, range, into, cancel);
        return AddTextsAsync(ReadKind.LabelValues, name, matchers, range, into, cancel);
    }

    /// <inheritdoc/>
    public override async Task<IEnumerable<StoredExemplar>> ExemplarsAsync(CancellationToken cancel)
    {
        var body = new MessageWriter();
        SelectMessage.Write(body, [], TimeRange.All);
        IReadOnlyDictionary<int, IReadOnlyList<StoredExemplar>> others =
            await GatherAsync(Elsewhere([]), ReadKind.Exemplars, body.Memory, ShardReaders.Exemplars, cancel);
        IReadOnlyList<StoredExemplar>[] local = await Task.WhenAll(here.Shards.Select(shard => reads.Local.ExemplarsAsync(shard, cancel)));
        return local.Concat(others.Values).SelectMany(static shard => shard);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<ShardCardinality>> CardinalitiesAsync(IReadOnlyList<Matcher> matchers, string focus, CancellationToken cancel)
    {
        var body = new MessageWriter();
        SelectMessage.Write(body, matchers, TimeRange.All, focus);
        IReadOnlyDictionary<int, IReadOnlyList<ShardCardinality>> others =
            await GatherAsync(Elsewhere([]), ReadKind.Cardinality, body.Memory, static _ => ShardReaders.Cardinalities(), cancel);
        ShardCardinality[] local = await Task.WhenAll(here.Shards.Select(shard => StorageFigures.OfShardAsync(reads.Local, shard, here.Of(shard), matchers, focus, cancel)));
        return [.. local, .. others.Values.SelectMany(static shard => shard)];
    }

    /// <inheritdoc/>
    public SeriesCursor Select(SelectRequest request, CancellationToken cancel) =>
        Elsewhere(request.Matchers).Length == 0 ? _here.Select(request, cancel) : throw NotHere();

    /// <inheritdoc/>
    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        ThrowIfElsewhere(matchers);
        _here.AddLabelNames(matchers, range, into, cancel);
    }

    /// <inheritdoc/>
    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        ThrowIfElsewhere(matchers);
        _here.AddLabelValues(name, matchers, range, into, cancel);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        here.Dispose();
        foreach (PeerLink link in _asked.Values)
        {
            _ = ClusterReads.EndAsync(link, query);
        }
    }

    private void ThrowIfElsewhere(IReadOnlyList<Matcher> matchers)
    {
        if (Elsewhere(matchers).Length > 0)
        {
            throw NotHere();
        }
    }

    private static InvalidOperationException NotHere() => new("series of other nodes have to be fetched before they are read");

    private int[] Elsewhere(IReadOnlyList<Matcher> matchers) =>
        [.. (ShardPruning.ShardsFor(matchers, Shards) ?? [.. Enumerable.Range(0, Shards.Count)]).Where(shard => !here.Has(shard))];

    private async ValueTask AddTextsAsync(
        ReadKind kind, string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        int[] elsewhere = Elsewhere(matchers);
        if (elsewhere.Length == 0)
        {
            return;
        }

        var body = new MessageWriter();
        SelectMessage.Write(body, matchers, range, name);
        foreach (IReadOnlyList<string> texts in (await GatherAsync(elsewhere, kind, body.Memory, static _ => ShardReaders.Texts(), cancel)).Values)
        {
            into.Add(texts);
        }
    }

    private async Task<IReadOnlyDictionary<int, T>> GatherAsync<T>(
        int[] shards, ReadKind kind, ReadOnlyMemory<byte> body, Func<LabelSymbolsReader, IShardReader<T>> newReader, CancellationToken cancel,
        Action<int>? onAnswered = null)
    {
        TimeSpan p95 = reads.Latencies.P95();
        var gather = new ShardGather<T>(Read, reads.Places, p95 > reads.Settings.HedgeAfter ? p95 : reads.Settings.HedgeAfter, reads.Time, onAnswered, goals);
        IReadOnlyDictionary<int, T> answers = await gather.RunAsync(shards, cancel);
        foreach (int shard in gather.Missing)
        {
            if (_missing.TryAdd(shard, 0))
            {
                ActorsMetrics.ShardsMissing.Add(1);
            }
        }

        foreach (int shard in gather.Lacking)
        {
            if (_lacking.TryAdd(shard, 0))
            {
                ActorsMetrics.ShardsLacking.Add(1);
            }
        }

        return answers;

        async Task<IReadOnlyList<(ShardHeader Header, bool HasValue, T? Value)>> Read(ShardPeer peer, IReadOnlyList<int> asked, CancellationToken unwanted)
        {
            _asked.TryAdd(peer.Node, peer.Link);
            long begun = reads.Time.GetTimestamp();
            var begin = new BeginRead(
                query, (ulong)Interlocked.Increment(ref _lastStream), (long)Math.Ceiling(Math.Min(left().TotalMilliseconds, int.MaxValue)), asked, kind, body)
            {
                Through = goals is null ? [] : [.. asked.Select(goals.Of)],
            };
            IReadOnlyList<(ShardHeader Header, bool HasValue, T? Value)> read = await new PeerStream<T>(peer, begin, newReader).ReadAsync(left, unwanted);
            reads.Latencies.Add(reads.Time.GetElapsedTime(begun));
            Interlocked.Add(ref _damagedElsewhere, read.Sum(static shard => shard.Header.ChunksDamaged));
            return read;
        }
    }

    private void OnFetched(int bytes)
    {
        if (Interlocked.Add(ref _bytesFetched, bytes) > reads.Settings.FetchBytesMax)
        {
            ActorsMetrics.FetchesOverLimit.Add(1);
            throw new QueryException(
                QueryErrorKind.Execution, $"query would fetch more than {reads.Settings.FetchBytesMax} bytes of series from other nodes");
        }
    }
}
