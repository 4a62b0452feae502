using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>When a query is evaluated.</summary>
/// <param name="Start">The first step, or the only instant.</param>
/// <param name="End">No step is later.</param>
/// <param name="Step">Null for an instant query.</param>
public readonly record struct QueryTimes(Timestamp Start, Timestamp End, TimeSpan? Step)
{
    /// <summary>At one instant.</summary>
    public static QueryTimes At(Timestamp at) => new(at, at, null);
}

/// <summary>How far a query is.</summary>
public enum QueryState
{
    /// <summary>As many others as may are running.</summary>
    Waiting,

    /// <summary>Being evaluated.</summary>
    Running,

    /// <summary>Answered.</summary>
    Done,

    /// <summary>Failed, or ran into a limit.</summary>
    Failed,

    /// <summary>Given up.</summary>
    Canceled,
}

/// <summary>A query that runs or has run.</summary>
/// <param name="Id">Counted from 1 since its node started.</param>
/// <param name="Query">Its text, cut where it is long.</param>
/// <param name="Times">When it is evaluated.</param>
/// <param name="State">How far it is.</param>
/// <param name="Began">When it came in.</param>
/// <param name="Elapsed">Since then, or until it ended.</param>
/// <param name="SamplesHeld">Now; 0 once it ended.</param>
/// <param name="SamplesPeak">Most samples held at once.</param>
/// <param name="SamplesTotal">Samples touched; null until it is done.</param>
/// <param name="SeriesRead">Series selected; null until it is done.</param>
/// <param name="Error">Why it failed, or empty.</param>
public sealed record QueryRecord(
    long Id, string Query, QueryTimes Times, QueryState State, DateTimeOffset Began, TimeSpan Elapsed, long SamplesHeld, long SamplesPeak,
    long? SamplesTotal, long? SeriesRead, string Error)
{
    /// <summary>The node that answers it; null on a node by itself.</summary>
    public QueryNode? Node { get; init; }

    /// <summary>How many shards evaluate parts of it; 0 before it runs, and where none does.</summary>
    public int ShardsAsked { get; init; }

    /// <summary>How many of them are done.</summary>
    public int ShardsDone { get; init; }
}
