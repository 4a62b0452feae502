using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>What a node learns of shards.</summary>
public abstract record RegionEvent
{
    private RegionEvent()
    {
    }

    /// <summary>Time to look and to decide again; about once a second.</summary>
    /// <param name="IsStarting">Whether something of what was taken lately has been kept waiting since the last tick.</param>
    public sealed record Ticked(bool IsStarting = false) : RegionEvent;

    /// <summary>A part of that is over, and the plan is not what it must become (<see cref="RegionState.AwaitsPlan"/>): it is looked at.</summary>
    public sealed record Hurried : RegionEvent;

    /// <summary>There is a new view of the members.</summary>
    public sealed record ViewChanged(MembershipView View) : RegionEvent;

    /// <summary>The plan was read.</summary>
    /// <param name="Plan">Null when there is none yet.</param>
    /// <param name="Version">Of the document that holds it; 0 when there is none.</param>
    public sealed record PlanRead(PlacementPlan? Plan, long Version) : RegionEvent;

    /// <summary>The plan is the one that was seen.</summary>
    public sealed record PlanUnchanged : RegionEvent;

    /// <summary>A write of the plan has ended, well or not: it is read again in any case.</summary>
    public sealed record PlanWriteEnded : RegionEvent;

    /// <summary>The rows of all shards were read.</summary>
    public sealed record RowsRead(ImmutableArray<ShardOwnership> Rows) : RegionEvent;

    /// <summary>A read of the plan or of the rows was not answered.</summary>
    public sealed record ReadFailed(bool WasPlan) : RegionEvent;

    /// <summary>An acquisition has ended.</summary>
    /// <param name="Shard">Of which shard.</param>
    /// <param name="Row">Null when somebody was faster, or when nobody knows.</param>
    public sealed record TakeEnded(int Shard, ShardOwnership? Row) : RegionEvent;

    /// <summary>A shard that was taken has everything its journal has, or could not be brought there.</summary>
    /// <param name="Shard">Which.</param>
    /// <param name="Row">To lead by; null when it could not.</param>
    public sealed record CatchUpEnded(int Shard, ShardOwnership? Row) : RegionEvent;

    /// <summary>Another node asks for a shard that it shall lead.</summary>
    /// <param name="By">Who asks.</param>
    /// <param name="Shard">What for.</param>
    /// <param name="SeenEpoch">The epoch it has seen.</param>
    /// <param name="Request">Ties the answer to it.</param>
    public sealed record HandOffAsked(NodeIncarnation By, int Shard, long SeenEpoch, long Request) : RegionEvent
    {
        /// <summary>Whether records of it are acknowledged that the journal does not have: until it has, nobody could lead it.</summary>
        public bool KeepsRecords { get; init; }
    }

    /// <summary>What this node led is drained: nothing of it is under way.</summary>
    public sealed record Drained(int Shard) : RegionEvent;

    /// <summary>A hand-off was answered.</summary>
    /// <param name="Shard">Of which shard.</param>
    /// <param name="MayTake">Whether its owner has let go of it; false when it has not, or was not heard of.</param>
    public sealed record HandOffAnswered(int Shard, bool MayTake) : RegionEvent;

    /// <summary>Another node says that it leads a shard.</summary>
    /// <param name="By">Which.</param>
    /// <param name="Shard">What.</param>
    /// <param name="Epoch">Under which epoch.</param>
    public sealed record LeaderTold(NodeIncarnation By, int Shard, long Epoch) : RegionEvent;

    /// <summary>The journal refused an append: somebody else has the shard.</summary>
    public sealed record Fenced(int Shard, long Epoch) : RegionEvent;
}
