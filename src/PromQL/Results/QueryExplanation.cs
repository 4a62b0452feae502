namespace Pleiad.PromQL;

/// <summary>How a query is evaluated, and what that took.</summary>
/// <param name="Plan">The plan after all passes.</param>
/// <param name="Result">Null where it was not run.</param>
public sealed record QueryExplanation(ExplainedNode Plan, QueryResult? Result);

/// <summary>A node of a plan.</summary>
/// <param name="Operation">What it does, in words.</param>
/// <param name="Steps">At which instants.</param>
/// <param name="Cost">Over all shards; null where it did not run.</param>
/// <param name="Shards">Of an exchange: what each shard took. Empty for any other node, and where it did not run.</param>
/// <param name="Inputs">What it reads from.</param>
public sealed record ExplainedNode(
    string Operation, string Steps, NodeCost? Cost, IReadOnlyList<ShardCost> Shards, IReadOnlyList<ExplainedNode> Inputs);

/// <summary>What a node has cost.</summary>
/// <param name="Time">With everything below it; over several threads it is their sum.</param>
/// <param name="Series">Handed on.</param>
/// <param name="Samples">Handed on: one a step and series; of a range selector, those of all windows, each once.</param>
/// <param name="Bytes">Of these samples.</param>
public sealed record NodeCost(TimeSpan Time, long Series, long Samples, long Bytes);

/// <summary>What a shard has cost.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="Time">On the thread that worked for it.</param>
/// <param name="SeriesRead">Series selected.</param>
/// <param name="SamplesRead">Samples touched.</param>
/// <param name="Series">In its answer.</param>
/// <param name="Bytes">Of its answer.</param>
public sealed record ShardCost(int Shard, TimeSpan Time, long SeriesRead, long SamplesRead, long Series, long Bytes);
