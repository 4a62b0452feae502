namespace Pleiad.Kernel;

/// <summary>What a node is to do about shards.</summary>
public abstract record RegionEffect
{
    private RegionEffect()
    {
    }

    /// <summary>Read the plan: <see cref="RegionEvent.PlanRead"/>, <see cref="RegionEvent.PlanUnchanged"/> or <see cref="RegionEvent.ReadFailed"/>.</summary>
    /// <param name="SeenVersion">The version that need not be read; 0 for none.</param>
    public sealed record ReadPlan(long SeenVersion) : RegionEffect;

    /// <summary>Write the plan over the version that was seen: <see cref="RegionEvent.PlanWriteEnded"/>.</summary>
    public sealed record WritePlan(long SeenVersion, PlacementPlan Plan) : RegionEffect;

    /// <summary>Read the rows of all shards: <see cref="RegionEvent.RowsRead"/> or <see cref="RegionEvent.ReadFailed"/>.</summary>
    public sealed record ReadRows : RegionEffect;

    /// <summary>Ask the owner to let go of a shard: <see cref="RegionEvent.HandOffAnswered"/>.</summary>
    public sealed record AskHandOff(Member Owner, int Shard, long SeenEpoch) : RegionEffect;

    /// <summary>Answer a node that asked for a shard.</summary>
    public sealed record AnswerHandOff(NodeIncarnation To, int Shard, long Request, bool MayTake) : RegionEffect;

    /// <summary>Take a shard: <see cref="RegionEvent.TakeEnded"/>.</summary>
    public sealed record Take(int Shard, long SeenEpoch) : RegionEffect;

    /// <summary>Read what the journal has of a shard and this node has not: <see cref="RegionEvent.CatchUpEnded"/>.</summary>
    public sealed record CatchUp(ShardOwnership Row) : RegionEffect;

    /// <summary>Lead a shard: accept what is written to it.</summary>
    public sealed record BeginLead(ShardOwnership Row) : RegionEffect;

    /// <summary>Accept nothing more of a shard; when nothing is under way any more: <see cref="RegionEvent.Drained"/>.</summary>
    public sealed record Drain(int Shard) : RegionEffect;

    /// <summary>Stop leading a shard that others have taken.</summary>
    public sealed record EndLead(int Shard) : RegionEffect;
}
