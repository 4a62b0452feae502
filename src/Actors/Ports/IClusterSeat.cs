namespace Pleiad.Actors;

/// <summary>This node's place in its cluster.</summary>
public interface IClusterSeat
{
    /// <summary>Completes when this node is a member.</summary>
    Task Joined { get; }

    /// <summary>Completes with the reason when this node must end: it has left, or others have taken it for dead.</summary>
    Task<string> Ended { get; }

    /// <summary>How things stand, as this node sees them.</summary>
    /// <param name="asksOthers">Whether the other nodes are asked for what only they know; the report names those that do not answer within a second.</param>
    /// <param name="cancel">Gives up.</param>
    Task<ClusterReport> ReportAsync(bool asksOthers, CancellationToken cancel);

    /// <summary>Hands all shards over and leaves; completes when that is done, when there is nobody to hand over to, or when it takes too long.</summary>
    /// <param name="patience">How long it may take.</param>
    /// <param name="time">Measures that.</param>
    Task LeaveAsync(TimeSpan patience, TimeProvider time);
}
