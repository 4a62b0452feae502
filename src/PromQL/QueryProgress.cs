namespace Pleiad.PromQL;

/// <summary>Follows a query from outside while it runs. Safe for many threads.</summary>
public sealed class QueryProgress
{
    private QueryBudget? _budget;
    private PlanNode? _plan;
    private int _answers;

    /// <summary>Samples it holds now; 0 before it began.</summary>
    public long SamplesHeld => Volatile.Read(ref _budget)?.Held ?? 0;

    /// <summary>Most samples it has held at once.</summary>
    public long SamplesPeak => Volatile.Read(ref _budget)?.Peak ?? 0;

    /// <summary>How many shards evaluate parts of its plan, and how many of them are done; (0, 0) before it began, and where none does.</summary>
    /// <remarks>A shard that evaluates several parts is done when all of them are; meanwhile it counts as the share of them that is.</remarks>
    public (int Done, int Asked) Shards
    {
        get
        {
            if (Volatile.Read(ref _plan) is not { } plan)
            {
                return default;
            }

            ExchangeNode[] exchanges = [.. ExchangeNode.AllIn(plan)];
            int parts = exchanges.Sum(static exchange => exchange.Shards.Count);
            int shards = exchanges.SelectMany(static exchange => exchange.Shards).Distinct().Count();
            return parts == 0 ? default : ((int)((long)Volatile.Read(ref _answers) * shards / parts), shards);
        }
    }

    internal void Follow(QueryBudget budget, PlanNode plan)
    {
        Volatile.Write(ref _budget, budget);
        Volatile.Write(ref _plan, plan);
    }

    /// <summary>Counts answers of shards, each to one part of the plan.</summary>
    internal void Answered(int shards) => Interlocked.Add(ref _answers, shards);
}
