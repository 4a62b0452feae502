using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// Answers queries over all shards: takes a view of each of this node, which costs the shard at most a turn that takes no time, and evaluates
/// on the thread of the caller. A query of a millisecond would spend as long again on being handed from thread to thread. What lies on other
/// nodes is evaluated there.
/// </summary>
/// <param name="memory">Whether memory is short: then a query may hold less.</param>
/// <param name="cluster">Reads from other nodes; null on a node that has all shards.</param>
internal sealed partial class QueryFrontend(
    Engine engine, ShardDirectory shards, QuerySettings settings, TimeProvider time, MemoryState memory, ClusterReads? cluster = null) : IQueryFrontend, ILocalQueries, IRunningQueries, IDisposable
{
    private volatile Engine _engine = engine;
    private readonly QueryAdmission _admission = new(settings.ConcurrencyMax, settings.QueueMax);
    private readonly QueryLedger _ledger = new(time, settings.RecentMax);
    private int _strongWaiting;

    /// <inheritdoc/>
    public Task<QueryResult> InstantAsync(string query, Timestamp at, QueryOptions options, CancellationToken cancel) =>
        TrackAsync(
            query,
            QueryTimes.At(at),
            options,
            (engine, source, run, token) => engine.InstantAsync(query, at, source, run, token),
            result => result.Stats,
            cancel,
            Told);

    /// <inheritdoc/>
    public Task<QueryResult> RangeAsync(
        string query, Timestamp start, Timestamp end, TimeSpan step, QueryOptions options, CancellationToken cancel) =>
        TrackAsync(
            query,
            new QueryTimes(start, end, step),
            options,
            (engine, source, run, token) => engine.RangeAsync(query, start, end, step, source, run, token),
            result => result.Stats,
            cancel,
            Told);

    /// <inheritdoc/>
    public Task<QueryExplanation> ExplainAsync(string query, QueryTimes times, bool run, QueryOptions options, CancellationToken cancel) =>
        TrackAsync(
            query,
            times,
            options,
            (engine, source, setup, token) => engine.ExplainAsync(query, times.Start, times.End, times.Step, source, setup, run, token),
            explained => explained.Result?.Stats,
            cancel,
            (explained, view, waited) => explained.Result is { } result ? explained with { Result = Told(result, view, waited) } : explained);

    /// <inheritdoc/>
    public IReadOnlyList<QueryRecord> Queries() => _ledger.All();

    /// <inheritdoc/>
    public bool Cancel(long id) => _ledger.Cancel(id);

    /// <inheritdoc/>
    public Task<RunningQueries> AllAsync(bool withEnded, CancellationToken cancel) => Task.FromResult(new RunningQueries(
        withEnded ? Queries() : [.. Queries().Where(static record => record.State is QueryState.Waiting or QueryState.Running)], []));

    /// <inheritdoc/>
    public Task<bool> CancelAsync(string? node, long id, CancellationToken cancel) => Task.FromResult(node is null && Cancel(id));

    /// <summary>Queries that come from now on are evaluated by this engine.</summary>
    public void Use(Engine engine) => _engine = engine;

    /// <summary>The figures of all shards and what costs most; it waits for its turn as a query does, because it reads whole indexes.</summary>
    public Task<StorageStatus> StorageAsync(int topCount, CancellationToken cancel) =>
        RunWholeAsync((_, view, _, token) => StorageFigures.OfAsync(view, topCount, token), cancel);

    /// <summary>What labels, metrics and targets cost; it waits for its turn too.</summary>
    public Task<CardinalityReport> CardinalityAsync(CardinalityRequest request, CancellationToken cancel) =>
        RunWholeAsync((_, view, _, token) => StorageFigures.CostsAsync(view, request, token), cancel);

    /// <inheritdoc/>
    public Task<LabelAnswer<NewestSample>> NewestAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, CancellationToken cancel) =>
        RunWholeAsync(
            async (source, _, _, token) => new LabelAnswer<NewestSample>(
                await NewestSamples.OfAsync(source, anyOf, range, settings.SeriesMax, token), []),
            cancel,
            (newest, view) => TellGaps(Whole(newest, view), view));

    /// <inheritdoc/>
    public Task<IReadOnlyList<T>> ReadAsync<T>(
        IReadOnlyList<Matcher> matchers, TimeRange range, Func<Labels, SampleColumns, T> take, CancellationToken cancel) =>
        RunWholeAsync(
            async (source, _, _, token) =>
            {
                using QueryRoom room = _engine.Room();
                var taken = new List<T>();
                using var samples = new SampleColumns();
                using SeriesCursor cursor = await source.SelectAsync(new SelectRequest(matchers, range), labelsOnly: false, token);
                long series = 0;
                while (cursor.MoveNext())
                {
                    token.ThrowIfCancellationRequested();
                    if (++series > settings.SeriesMax)
                    {
                        throw QueryException.TooManySeries(settings.SeriesMax);
                    }

                    samples.Clear();
                    cursor.Read(samples);
                    if (samples.Count > 0)
                    {
                        room.Take(ListedBytes + ((long)EngineSettings.BytesEachSample * samples.Count));
                        taken.Add(take(cursor.Labels, samples));
                    }
                }

                return (IReadOnlyList<T>)taken;
            },
            cancel,
            (read, view) => Sound(Whole(read, view), view));

    /// <inheritdoc/>
    public Task<IReadOnlyList<SeriesExemplars>> ExemplarsAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, Timestamp from, Timestamp through, CancellationToken cancel) =>
        RunAsync(
            null,
            async (_, view, _, token) => ExemplarSearch.Find(await view.ExemplarsAsync(token), anyOf, from, through, token),
            cancel,
            Whole);

    /// <inheritdoc/>
    public void Dispose() => _admission.Dispose();

    private async Task<T> TrackAsync<T>(
        string query,
        QueryTimes times,
        QueryOptions options,
        Func<Engine, ISeriesSource, QueryRunOptions, CancellationToken, Task<T>> run,
        Func<T, QueryStats?> statsOf,
        CancellationToken cancel,
        Func<T, QueryView, TimeSpan, T> then)
    {
        long begun = time.GetTimestamp();
        TimeSpan waited = TimeSpan.Zero;
        bool wasShort = false;
        using QueryLedger.Entry entry = _ledger.Begin(query, times);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, entry.Canceled);
        try
        {
            T result = await RunAsync(
                options.Timeout,
                (source, _, left, _) =>
                {
                    // The engine knows what is left of the time, and says itself that it is over.
                    waited = time.GetElapsedTime(begun);
                    entry.Run();
                    wasShort = IsShort;
                    return run(
                        wasShort ? ShortEngine() : _engine,
                        source,
                        new QueryRunOptions
                        {
                            Lookback = options.Lookback,
                            Timeout = left,
                            CountsSteps = options.CountsSteps,
                            KeepsMemory = options.KeepsMemory,
                            Rollups = RollupsFor(options.Rollups),
                            Progress = entry.Progress,
                        },
                        either.Token);
                },
                either.Token,
                (result, view) => then(options.IsStrong ? Strong(result, view) : result, view, waited),
                options.IsStrong ? query : null);
            entry.Done(statsOf(result));
            return result;
        }
        catch (QueryException failure) when (failure.Kind == QueryErrorKind.Execution && wasShort)
        {
            // It may be that the query fails in any case, or that it would not with the samples it usually may hold: both is said.
            ActorsMetrics.QueriesShortOfMemory.Add(1);
            var shorter = new QueryException(
                QueryErrorKind.Unavailable,
                $"memory is short ({memory.Status.InWords}), so a query may hold {memory.Status.Settings.QuerySamplesMax} samples and read {memory.Status.Settings.QuerySeriesMax} series at present: {failure.Message}",
                failure.Span,
                failure);
            entry.Fail(QueryState.Failed, shorter.Message);
            throw shorter;
        }
        catch (QueryException failure)
        {
            entry.Fail(failure.Kind == QueryErrorKind.Canceled ? QueryState.Canceled : QueryState.Failed, failure.Message);
            throw;
        }
        catch (OperationCanceledException given) when (either.IsCancellationRequested)
        {
            // Before its turn, or while it asked for views: the engine words it itself.
            var failure = new QueryException(QueryErrorKind.Canceled, "query was canceled before it was evaluated", inner: given);
            entry.Fail(QueryState.Canceled, failure.Message);
            throw failure;
        }
    }

    private RollupUse? RollupsFor(RollupMode mode)
    {
        if (settings.Rollups.Count == 0 || mode == RollupMode.Never)
        {
            return null;
        }

        long now = Timestamp.From(time.GetUtcNow()).Milliseconds;
        bool prefers = mode == RollupMode.Preferred || (mode == RollupMode.AsSet && settings.PrefersRollups);
        return new RollupUse(prefers, [.. settings.Rollups.Select(tier => new RollupChoice((long)tier.Resolution.TotalMilliseconds, tier.KeptFrom(now)))]);
    }

    private bool IsShort => memory.Step >= MemoryStep.QueriesRefused;

    private Engine ShortEngine() => _engine.WithLimits(memory.Status.Settings.QuerySamplesMax, memory.Status.Settings.QuerySeriesMax);

    // What reads whole shards, or answers with all it reads.
    private Task<T> RunWholeAsync<T>(
        Func<IQuerySource, QueryView, TimeSpan, CancellationToken, Task<T>> run, CancellationToken cancel, Func<T, QueryView, T>? then = null)
    {
        if (IsShort)
        {
            ActorsMetrics.QueriesShortOfMemory.Add(1);
            throw new QueryException(QueryErrorKind.Unavailable, $"memory is short ({memory.Status.InWords}): this is not answered until there is more");
        }

        return RunAsync(null, run, cancel, then ?? Whole);
    }

    private Task<T> RunAsync<T>(
        TimeSpan? timeout, Func<IQuerySource, QueryView, TimeSpan, CancellationToken, Task<T>> run, CancellationToken cancel,
        Func<T, QueryView, T>? then = null, string? strongly = null) =>
        AdmitAsync(
            timeout,
            strongly,
            async (goals, left, either) =>
            {
                using QueryView view = cluster is null ? await shards.ViewAsync(settings.ThreadsMax, either) : await cluster.ViewAsync(left, goals, either);
                T result = await run(view.Source, view, left(), either);
                return then is null ? result : then(result, view);
            },
            cancel);

    // Without a turn of its own: it takes no processor, and copies that lag must not stop queries that do not wait for them.
    private async Task<StrongGoals?> ReachAsync(ClusterReads reads, string query, Func<TimeSpan> left, CancellationToken cancel)
    {
        try
        {
            return Interlocked.Increment(ref _strongWaiting) <= settings.StrongWaitingMax
                ? await reads.ReachAsync(_engine.SelectorsOf(query), left, cancel)
                : throw new QueryException(QueryErrorKind.Unavailable, $"{settings.StrongWaitingMax} strong reads wait for copies already; try again later") { Limit = "strong-waiting" };
        }
        finally
        {
            Interlocked.Decrement(ref _strongWaiting);
        }
    }

    // A hole must be told: no answer may look whole when it is not. In front, because the gateway shows the first warnings only.
    private static QueryResult Told(QueryResult result, QueryView view, TimeSpan waited)
    {
        IReadOnlyList<string> gaps = Gaps(view);
        result = result with { Stats = result.Stats with { QueueTime = waited } };
        return gaps.Count == 0 ? result : result with { Warnings = [.. gaps, .. result.Warnings], IsPartial = view.IsPartial };
    }

    private static LabelAnswer<T> TellGaps<T>(LabelAnswer<T> answer, QueryView view) =>
        Gaps(view) is { Count: > 0 } gaps
            ? answer with { Warnings = [.. gaps, .. answer.Warnings], IsPartial = view.IsPartial }
            : answer;

    // Where an answer has no place to say what is missing, there is no answer.
    private static T Whole<T>(T result, QueryView view) =>
        Holes(view).FirstOrDefault() is { } hole ? throw new QueryException(QueryErrorKind.Unavailable, hole + "; try again later") : result;

    // What is lacking of older samples it says; what was acknowledged last it has.
    private static T Strong<T>(T result, QueryView view) =>
        view.ShardsMissing.Count == 0 ? result : throw StrongGoals.NotReached(view.ShardsMissing.Count, view.Source.Shards.Count);

    // Likewise for samples as they are stored: their reader would take what is left for all there is.
    private static T Sound<T>(T result, QueryView view) => Damages(view).FirstOrDefault() is { } damage
        ? throw new QueryException(QueryErrorKind.Internal, damage)
        : result;

    private static IEnumerable<string> Damages(QueryView view)
    {
        if (view.ChunksDamaged is > 0 and int damaged)
        {
            yield return $"{damaged} chunks of stored blocks are damaged and were left out";
        }

        if (view.Missing is { Count: > 0 } missed)
        {
            string others = missed.Count > 1 ? $" and {missed.Count - 1} more" : string.Empty;
            yield return $"samples may be missing: what had them was damaged and put aside (quarantine/{missed[0].File}{others}); "
                + "bring the time back from a backup, or delete these files to go on without what was lost";
        }
    }

    private static List<string> Gaps(QueryView view)
    {
        return [.. Damages(view), .. Holes(view).Select(static hole => $"partial: {hole}, so series may be missing")];
    }

    private static IEnumerable<string> Holes(QueryView view)
    {
        if (view.ShardsMissing.Count is > 0 and int missing)
        {
            yield return $"no node answered for {missing} of {view.Source.Shards.Count} shards";
        }

        if (view.ShardsLacking.Count is > 0 and int lacking)
        {
            yield return $"the copies that answered for {lacking} of {view.Source.Shards.Count} shards lack samples that were damaged";
        }
    }

    /// <summary>Waits for what a strong read has to see, and for a turn, and runs; all together within the timeout.</summary>
    /// <param name="timeout">Of the client's; null for that of the node, which is the longest.</param>
    /// <param name="strongly">The query, where it has to see everything that was acknowledged before; null where not.</param>
    /// <param name="run">Gets what is left of the time, and what fires when it is over or the client gives up.</param>
    /// <param name="cancel">The client gives up.</param>
    private async Task<T> AdmitAsync<T>(
        TimeSpan? timeout, string? strongly, Func<StrongGoals?, Func<TimeSpan>, CancellationToken, Task<T>> run, CancellationToken cancel)
    {
        TimeSpan allowed = timeout is { } wanted && wanted < settings.Timeout ? wanted : settings.Timeout;
        long begun = time.GetTimestamp();
        string place = "wait for copies";
        using var expired = new CancellationTokenSource(allowed > TimeSpan.Zero ? allowed : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancel);
        try
        {
            StrongGoals? goals = strongly is null || cluster is null ? null : await ReachAsync(cluster, strongly, Left, either.Token);
            place = "query queue";
            using QueryAdmission.Slot slot = await _admission.EnterAsync(either.Token);
            place = "expression evaluation";
            return await run(goals, Left, either.Token);
        }
        catch (OperationCanceledException e) when (expired.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            Count("timeout");
            throw new QueryException(QueryErrorKind.Timeout, $"query timed out in {place}", inner: e) { Limit = "timeout" };
        }
        catch (QueryException e) when (e.Limit is { } limit)
        {
            Count(limit);
            throw;
        }
        catch (OutOfMemoryException e)
        {
            // The engine counts what it holds, and lists are bounded: what others take meanwhile is not.
            Count("memory");
            throw new QueryException(QueryErrorKind.Unavailable, "the node has no memory left to answer; try again later, or ask for less", inner: e) { Limit = "memory" };
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            // A shard is starting anew, or far behind: an answer of the others would have a hole.
            throw new QueryException(QueryErrorKind.Unavailable, $"not every shard answers: {e.Message}", inner: e);
        }

        static void Count(string limit) => ActorsMetrics.QueriesLimited.Add(1, new KeyValuePair<string, object?>("limit", limit));

        TimeSpan Left() => allowed - time.GetElapsedTime(begun) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
