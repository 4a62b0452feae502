namespace Pleiad.PromQL;

/// <summary>The answer to a query, with what there is to say about it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Warnings">Texts as the API shows them, in order of appearance, none twice.</param>
/// <param name="Infos">Likewise, less serious.</param>
/// <param name="Stats">What it cost.</param>
public sealed record QueryResult(QueryValue Value, IReadOnlyList<string> Warnings, IReadOnlyList<string> Infos, QueryStats Stats)
{
    /// <summary>Whether series may be missing, because nobody answered for the shards they lie on; a warning says so too.</summary>
    public bool IsPartial { get; init; }

    /// <summary>What the answer holds of the memory of all queries, to be given back when it has been written; null where nobody keeps it.</summary>
    public IDisposable? Memory { get; init; }
}

/// <summary>What a query cost.</summary>
/// <param name="SamplesTotal">Samples touched, as Prometheus counts <c>totalQueryableSamples</c>.</param>
/// <param name="SamplesPeak">Samples held at the same time at most.</param>
/// <param name="SeriesRead">Series selected.</param>
/// <param name="ParseTime">Text to checked tree.</param>
/// <param name="EvalTime">Everything after that.</param>
public sealed record QueryStats(long SamplesTotal, long SamplesPeak, long SeriesRead, TimeSpan ParseTime, TimeSpan EvalTime)
{
    /// <summary>How long it waited for its turn.</summary>
    public TimeSpan QueueTime { get; init; }

    /// <summary>Samples touched at each step, in their order; empty where nobody wanted to know.</summary>
    public IReadOnlyList<StepSamples> SamplesByStep { get; init; } = [];

    /// <summary>What each shard has cost, ascending, over all parts of the plan; empty where nobody wanted to know.</summary>
    public IReadOnlyList<ShardCost> Shards { get; init; } = [];
}

/// <summary>Samples touched at a step.</summary>
/// <param name="At">The step.</param>
/// <param name="Samples">How many.</param>
public readonly record struct StepSamples(Model.Timestamp At, long Samples);
