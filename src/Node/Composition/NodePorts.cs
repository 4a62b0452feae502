using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Node;

/// <summary>The ports of the actors, for a gateway that listens before there are any: until the replay is done every question is answered "not ready".</summary>
internal sealed class NodePorts : IQueryFrontend, IRunningQueries, ITargetCatalog, IIngest, IStorageAdmin
{
    private volatile PleiadActors? _actors;

    /// <summary>Whether there are actors behind it.</summary>
    public bool IsOpen => _actors is not null;

    /// <inheritdoc/>
    public ShardMap Shards => Actors.Ingest.Shards;

    /// <inheritdoc/>
    public IReadOnlyList<string> Pools => _actors?.Targets.Pools ?? [];

    /// <summary>The actors, once they are there.</summary>
    /// <exception cref="QueryException">They are not there yet.</exception>
    public PleiadActors Actors => _actors ?? throw new QueryException(QueryErrorKind.Unavailable, "the node is still replaying its journal; /-/ready says when it is done");

    /// <summary>From now on the actors answer.</summary>
    public void Open(PleiadActors actors) => _actors = actors;

    /// <inheritdoc/>
    public Task<QueryResult> InstantAsync(string query, Timestamp at, QueryOptions options, CancellationToken cancel) =>
        Actors.Query.InstantAsync(query, at, options, cancel);

    /// <inheritdoc/>
    public Task<QueryResult> RangeAsync(
        string query, Timestamp start, Timestamp end, TimeSpan step, QueryOptions options, CancellationToken cancel) =>
        Actors.Query.RangeAsync(query, start, end, step, options, cancel);

    /// <inheritdoc/>
    public Task<QueryExplanation> ExplainAsync(string query, QueryTimes times, bool run, QueryOptions options, CancellationToken cancel) =>
        Actors.Query.ExplainAsync(query, times, run, options, cancel);

    /// <inheritdoc/>
    public Task<RunningQueries> AllAsync(bool withEnded, CancellationToken cancel) => Actors.Running.AllAsync(withEnded, cancel);

    /// <inheritdoc/>
    public Task<bool> CancelAsync(string? node, long id, CancellationToken cancel) => Actors.Running.CancelAsync(node, id, cancel);

    /// <inheritdoc/>
    public Task<LabelAnswer<Labels>> SeriesAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel) =>
        Actors.Query.SeriesAsync(anyOf, range, limit, cancel);

    /// <inheritdoc/>
    public Task<LabelAnswer<string>> LabelNamesAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel) =>
        Actors.Query.LabelNamesAsync(anyOf, range, limit, cancel);

    /// <inheritdoc/>
    public Task<LabelAnswer<string>> LabelValuesAsync(
        string name, IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel) =>
        Actors.Query.LabelValuesAsync(name, anyOf, range, limit, cancel);

    /// <inheritdoc/>
    public Task<LabelAnswer<NewestSample>> NewestAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, CancellationToken cancel) =>
        Actors.Query.NewestAsync(anyOf, range, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<T>> ReadAsync<T>(
        IReadOnlyList<Matcher> matchers, TimeRange range, Func<Labels, SampleColumns, T> take, CancellationToken cancel) =>
        Actors.Query.ReadAsync(matchers, range, take, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SeriesExemplars>> ExemplarsAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, Timestamp from, Timestamp through, CancellationToken cancel) =>
        Actors.Query.ExemplarsAsync(anyOf, from, through, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ActiveTarget>> ActiveAsync(CancellationToken cancel) => Actors.Targets.ActiveAsync(cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DroppedTarget>> DroppedAsync(CancellationToken cancel) => Actors.Targets.DroppedAsync(cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, int>> DroppedCountsAsync(CancellationToken cancel) => Actors.Targets.DroppedCountsAsync(cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TargetMetadata>> MetadataAsync(CancellationToken cancel) => Actors.Targets.MetadataAsync(cancel);

    /// <inheritdoc/>
    public IReadOnlyList<TargetRelabelStep>? RelabelSteps(string pool, Labels discovered) => Actors.Targets.RelabelSteps(pool, discovered);

    /// <inheritdoc/>
    public Task<string?> SealAsync(CancellationToken cancel) => Actors.Admin.SealAsync(cancel);

    /// <inheritdoc/>
    public Task<string?> DeleteAsync(IReadOnlyList<Matcher> matchers, Timestamp from, Timestamp through, CancellationToken cancel) =>
        Actors.Admin.DeleteAsync(matchers, from, through, cancel);

    /// <inheritdoc/>
    public Task<string?> CleanAsync(CancellationToken cancel) => Actors.Admin.CleanAsync(cancel);

    /// <inheritdoc/>
    public Task<StorageCopy> CopyAsync(bool skipsHead, CancellationToken cancel) => Actors.Admin.CopyAsync(skipsHead, cancel);

    /// <inheritdoc/>
    public Task<IngestOutcome> WriteAsync(IReadOnlyList<SampleBatch> batches, CancellationToken cancel) => Actors.Ingest.WriteAsync(batches, cancel);
}
