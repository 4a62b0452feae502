using System.Buffers;
using System.Text;
using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway.Tests;

/// <summary>A node behind the gateway whose answers a test sets, and which remembers what it was asked.</summary>
internal sealed class FakeNode : IQueryFrontend, IRunningQueries, ITargetCatalog, INodeStatus, INodeControl, IIngest, IStorageAdmin, IOwnPage
{
    public static readonly QueryStats Stats = new(12, 7, 3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2));

    private readonly TaskCompletionSource _writeBegan = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<CancellationToken, Task<QueryResult>> Answer { get; set; } =
        _ => Task.FromResult(new QueryResult(new ScalarValue(new Timestamp(4000), 2), [], [], Stats));

    public List<string> Asked { get; } = [];

    public IReadOnlyList<Labels> Series { get; set; } = [];

    public IReadOnlyList<string> Names { get; set; } = [];

    public IReadOnlyList<string> Warnings { get; set; } = [];

    public IReadOnlyList<ActiveTarget> Active { get; set; } = [];

    public IReadOnlyList<DroppedTarget> Dropped { get; set; } = [];

    public IReadOnlyList<TargetMetadata> Metadata { get; set; } = [];

    public IReadOnlyList<TargetRelabelStep> Steps { get; set; } = [];

    public string? ReloadProblem { get; set; }

    public string? StorageProblem { get; set; }

    public int Reloads { get; private set; }

    public int Quits { get; private set; }

    public bool IsReady { get; set; } = true;

    public ReplayProgress Replay { get; set; } = new(7, 7);

    public string ConfigurationYaml { get; set; } = "global:\n  scrape_interval: 15s\n";

    public IReadOnlyDictionary<string, string> Flags { get; } =
        new Dictionary<string, string> { ["web.listen-address"] = "127.0.0.1:0", ["query.timeout"] = "2m" };

    public DateTimeOffset StartedAt { get; } = new(2026, 1, 1, 13, 37, 0, TimeSpan.Zero);

    public bool ReloadSucceeded => true;

    public DateTimeOffset ReloadedAt { get; } = new DateTimeOffset(2026, 1, 1, 13, 37, 0, TimeSpan.Zero).AddTicks(1234500);

    public string Retention => "15d";

    public DateTimeOffset? ReloadFailedAt { get; set; }

    public IReadOnlyList<string> RuleFiles { get; set; } = [];

    public int AlertmanagerGroups { get; set; }

    public IReadOnlyList<StoredBlock> Stored { get; set; } = [];

    public IReadOnlyList<StoredBlock> Blocks() => Stored;

    public string? PoolYaml(string pool) => pool == "api" ? "job_name: api\n" : null;

    public IReadOnlyList<string> Pools { get; set; } = ["node", "api"];

    public Task<string?> SealAsync(CancellationToken cancel)
    {
        Asked.Add("seal");
        return Task.FromResult(StorageProblem);
    }

    public Task<string?> DeleteAsync(IReadOnlyList<Matcher> matchers, Timestamp from, Timestamp through, CancellationToken cancel)
    {
        Asked.Add($"delete {string.Join(',', matchers)} {from.Milliseconds}..{through.Milliseconds}");
        return Task.FromResult(StorageProblem);
    }

    public Task<string?> CleanAsync(CancellationToken cancel)
    {
        Asked.Add("clean");
        return Task.FromResult(StorageProblem);
    }

    public Task<StorageCopy> CopyAsync(bool skipsHead, CancellationToken cancel)
    {
        Asked.Add(skipsHead ? "copy blocks" : "copy all");
        return Task.FromResult(StorageProblem is null ? new StorageCopy("20260101T000000Z-1", null) : new StorageCopy(null, StorageProblem));
    }

    public void AnswerWith(QueryValue value, IReadOnlyList<string>? warnings = null, IReadOnlyList<string>? infos = null) =>
        Answer = _ => Task.FromResult(new QueryResult(value, warnings ?? [], infos ?? [], Stats));

    public void FailWith(QueryErrorKind kind, string message) => Answer = _ => throw new QueryException(kind, message);

    public Task<QueryResult> InstantAsync(string query, Timestamp at, QueryOptions options, CancellationToken cancel)
    {
        Asked.Add($"instant {query} @{at} timeout={options.Timeout} lookback={options.Lookback}");
        return Answer(cancel);
    }

    public Task<QueryResult> RangeAsync(
        string query, Timestamp start, Timestamp end, TimeSpan step, QueryOptions options, CancellationToken cancel)
    {
        Asked.Add($"range {query} {start}..{end}/{step.TotalMilliseconds} timeout={options.Timeout} lookback={options.Lookback}");
        return Answer(cancel);
    }

    public IReadOnlyList<QueryRecord> Records { get; set; } = [];

    public QueryExplanation Explanation { get; set; } = new(new ExplainedNode("constant 1", "at 0", null, [], []), null);

    public Task<QueryExplanation> ExplainAsync(string query, QueryTimes times, bool run, QueryOptions options, CancellationToken cancel)
    {
        Asked.Add($"explain {query} {times.Start}..{times.End}/{times.Step?.TotalMilliseconds} run={run} timeout={options.Timeout}");
        return Task.FromResult(Explanation);
    }

    public Task<RunningQueries> AllAsync(bool withEnded, CancellationToken cancel)
    {
        Asked.Add($"queries ended={withEnded}");
        return Task.FromResult(new RunningQueries(Records, Warnings));
    }

    public Task<bool> CancelAsync(string? node, long id, CancellationToken cancel)
    {
        Asked.Add($"cancel {node ?? "here"} {id}");
        return node == "silent"
            ? throw new QueryException(QueryErrorKind.Unavailable, "node3 does not answer: timed out")
            : Task.FromResult(Records.Any(record => record.Id == id && record.Node?.Id == node));
    }

    public Task<LabelAnswer<Labels>> SeriesAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel)
    {
        Asked.Add($"series {Text(anyOf)} {range.After}..{range.Through} limit={limit}");
        return Task.FromResult(new LabelAnswer<Labels>(Series, Warnings));
    }

    public Task<LabelAnswer<string>> LabelNamesAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel)
    {
        Asked.Add($"names {Text(anyOf)} {range.After}..{range.Through} limit={limit}");
        return Task.FromResult(new LabelAnswer<string>(Names, Warnings));
    }

    public Task<LabelAnswer<string>> LabelValuesAsync(
        string name, IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel)
    {
        Asked.Add($"values {name} {Text(anyOf)} {range.After}..{range.Through} limit={limit}");
        return Task.FromResult(new LabelAnswer<string>(Names, Warnings));
    }

    public MemoryStatus Memory { get; set; } = MemoryStatus.Unwatched;

    public Labels ExternalLabels { get; set; } = Labels.Empty;

    public IReadOnlyList<NewestSample> Newest { get; set; } = [];

    public Task<LabelAnswer<NewestSample>> NewestAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, CancellationToken cancel)
    {
        Asked.Add($"newest {Text(anyOf)} {range.After}..{range.Through}");
        return Task.FromResult(new LabelAnswer<NewestSample>(Newest, Warnings));
    }

    public IReadOnlyList<(Labels Labels, long Time, double Value, NativeHistogram? Histogram)> Raw { get; set; } = [];

    public Task<IReadOnlyList<T>> ReadAsync<T>(
        IReadOnlyList<Matcher> matchers, TimeRange range, Func<Labels, SampleColumns, T> take, CancellationToken cancel)
    {
        Asked.Add($"read {Text([matchers])} {range.After}..{range.Through}");
        var taken = new List<T>();
        using var samples = new SampleColumns();
        foreach (IGrouping<Labels, (Labels Labels, long Time, double Value, NativeHistogram? Histogram)> series in Raw.GroupBy(row => row.Labels))
        {
            samples.Clear();
            foreach ((_, long time, double value, NativeHistogram? histogram) in series)
            {
                if (histogram is null)
                {
                    samples.Add(time, value);
                }
                else
                {
                    samples.Add(time, histogram);
                }
            }

            taken.Add(take(series.Key, samples));
        }

        return Task.FromResult<IReadOnlyList<T>>(taken);
    }

    public IReadOnlyList<SeriesExemplars> Exemplars { get; set; } = [];

    public Task<IReadOnlyList<SeriesExemplars>> ExemplarsAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, Timestamp from, Timestamp through, CancellationToken cancel)
    {
        Asked.Add($"exemplars {Text(anyOf)} {from}..{through}");
        return Task.FromResult(Exemplars);
    }

    public Task<IReadOnlyList<ActiveTarget>> ActiveAsync(CancellationToken cancel) => Task.FromResult(Active);

    public Task<IReadOnlyList<DroppedTarget>> DroppedAsync(CancellationToken cancel) => Task.FromResult(Dropped);

    public Task<IReadOnlyDictionary<string, int>> DroppedCountsAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<string, int>>(Pools.ToDictionary(p => p, p => Dropped.Count(d => d.Pool == p)));

    public Task<IReadOnlyList<TargetMetadata>> MetadataAsync(CancellationToken cancel) => Task.FromResult(Metadata);

    public IReadOnlyList<TargetRelabelStep>? RelabelSteps(string pool, Labels discovered)
    {
        Asked.Add($"relabel {pool} {discovered}");
        return Pools.Contains(pool) ? Steps : null;
    }

    public Task<string?> ReloadAsync(CancellationToken cancel)
    {
        Reloads++;
        return Task.FromResult(ReloadProblem);
    }

    public void Quit() => Quits++;

    public ShardMap Shards { get; } = new(4);

    public List<WrittenRow> Written { get; } = [];

    public List<string> WrittenExemplars { get; } = [];

    public IngestOutcome? WriteOutcome { get; set; }

    public Task WriteGate { get; set; } = Task.CompletedTask;

    public Task WriteBegan => _writeBegan.Task;

    public async Task<IngestOutcome> WriteAsync(IReadOnlyList<SampleBatch> batches, CancellationToken cancel)
    {
        _writeBegan.TrySetResult();
        await WriteGate;
        int count = 0;
        int histograms = 0;
        foreach (SampleBatch batch in batches)
        {
            for (int i = 0; i < batch.Count; i++, count++)
            {
                histograms += batch.Histograms.IsEmpty || batch.Histograms[i] is null ? 0 : 1;
                Written.Add(new WrittenRow(
                    batch.Series[i].Labels,
                    batch.Times[i],
                    batch.Values[i],
                    batch.StartTimes.IsEmpty ? 0 : batch.StartTimes[i],
                    batch.Histograms.IsEmpty ? null : batch.Histograms[i]));
            }

            WrittenExemplars.AddRange(batch.Exemplars.Select(e => $"{e.Series.Labels} {e.Exemplar.Labels} {e.Exemplar.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)} {e.Exemplar.At}"));
            batch.Dispose();
        }

        return WriteOutcome ?? IngestOutcome.Nothing with { Accepted = count, Histograms = histograms };
    }

    /// <summary>What becomes of a question for the storage's figures, or null.</summary>
    public QueryException? StorageFailure { get; set; }

    /// <summary>What the storage's figures are not exact in.</summary>
    public IReadOnlyList<string> StorageWarnings { get; set; } = [];

    public Task<StorageStatus> StorageAsync(int topCount, CancellationToken cancel)
    {
        if (StorageFailure is not null)
        {
            throw StorageFailure;
        }

        Asked.Add($"storage top={topCount}");
        return Task.FromResult(new StorageStatus(
            387, 313, 400, 1000, 2000, [new("up", 3)], [new("job", 2)], [new("job", 14)], [new("job=node", 300)]) { Warnings = StorageWarnings });
    }

    public Task<CardinalityReport> CardinalityAsync(CardinalityRequest request, CancellationToken cancel)
    {
        Asked.Add($"cardinality {{{string.Join(", ", request.Matchers)}}} focus={request.FocusLabel} top={request.TopCount}");
        return Task.FromResult(new CardinalityReport(9, 2, 4000, 7)
        {
            Labels = [new("job", 9, 2, 80, 3)],
            Metrics = [new("up", 3, 1, 1300, 1)],
            Instances = [new("host:1", 4, 0, 1700, 1)],
            Jobs = [new("node", 9, 2, 4000, 1)],
            Pairs = [new("job=node", 9)],
            Focus = request.FocusLabel.Length > 0 ? [new("a", 2, 0, 600, 1)] : null,
            Warnings = request.FocusLabel.Length > 0 ? ["not exact"] : [],
        });
    }

    public string Write(string accept, IBufferWriter<byte> to)
    {
        to.Write(Encoding.UTF8.GetBytes("# TYPE up gauge\nup 1\n"));
        return "text/plain; version=0.0.4; charset=utf-8";
    }

    private static string Text(IReadOnlyList<IReadOnlyList<Matcher>> anyOf) =>
        string.Join(" or ", anyOf.Select(set => "{" + string.Join(",", set) + "}"));
}

/// <summary>A sample that was written; its text tells a stale marker from other NaNs.</summary>
internal sealed record WrittenRow(Labels Series, long Time, double Value, long Start, NativeHistogram? Histogram)
{
    public override string ToString() => Histogram is null
        ? $"{Series} {Time} {(StaleMarker.Is(Value) ? "stale" : Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture))} {Start}"
        : $"{Series} {Time} {Histogram} {Histogram.Schema} {Histogram.ResetHint} [{string.Join(' ', Histogram.PositiveBuckets)}] [{string.Join(' ', Histogram.CustomBounds)}] {Start}";
}
