using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>A cluster, as one of its nodes sees it.</summary>
/// <param name="Self">The name of that node.</param>
/// <param name="Version">Of the view of the members.</param>
/// <param name="Nodes">By name.</param>
/// <param name="Shards">By number.</param>
/// <param name="Spool">How much of the reporting node's spool is used; null where it has none.</param>
/// <param name="IsStoreReached">Whether the cluster's store has answered the last looks.</param>
public sealed record ClusterReport(
    string Self, long Version, IReadOnlyList<ClusterNodeReport> Nodes, IReadOnlyList<ClusterShardReport> Shards, SpoolReport? Spool = null, bool IsStoreReached = true)
{
    /// <summary>The report of what a cluster actor knows.</summary>
    /// <param name="status">What it knows.</param>
    /// <param name="appliedSeq">Through which record a shard is applied on this node.</param>
    /// <param name="spool">How much of its spool is used.</param>
    internal static ClusterReport Of(ClusterStatus status, Func<int, long> appliedSeq, SpoolUse? spool)
    {
        string self = status.View.Find(status.Self)?.Name ?? "";
        ClusterShardReport[] shards = [.. status.Rows.Select(row => ShardOf(status, row, self, appliedSeq))];
        return new ClusterReport(self, status.View.Version, [.. status.View.Members.Select(member => NodeOf(member, status, shards)).OrderBy(static node => node.Name, StringComparer.Ordinal)], shards, spool is { } use ? new SpoolReport(use.Records, use.Bytes, use.Age, use.Share) : null, status.IsCurrent);
    }

    private static ClusterNodeReport NodeOf(Member member, ClusterStatus status, ClusterShardReport[] shards) => new(
        member.Name, member.Incarnation.ToString(), member.Address, member.HttpAddress, member.Roles, member.Zone, TextOf(member.Status),
        status.Rows.Count(row => row.Owner == member.Incarnation),
        member.Status == MemberStatus.Dead ? 0 : shards.Count(shard => shard.Followers.Contains(member.Name, StringComparer.Ordinal)),
        member.Accusers.Length);

    private static ClusterShardReport ShardOf(ClusterStatus status, ShardOwnership row, string self, Func<int, long> appliedSeq)
    {
        Member? owner = status.View.Find(row.Owner);
        ShardReplicas planned = status.Plan is { } plan && row.Shard < plan.Shards.Length ? plan.Shards[row.Shard] : ShardReplicas.None;
        string leader = owner is { Status: not MemberStatus.Dead } ? owner.Name : "";
        bool isHere = planned.All.Contains(self, StringComparer.Ordinal) || leader == self;
        return new ClusterShardReport(
            row.Shard, leader, [.. planned.All.Where(name => name != leader)], row.Epoch, row.NextSeq - 1, row.SnapshotSeq, isHere ? appliedSeq(row.Shard) : null,
            planned.Leader.Length > 0 && planned.Leader != leader ? planned.Leader : null);
    }

    private static string TextOf(MemberStatus status) => status switch
    {
        MemberStatus.Joining => "joining",
        MemberStatus.Up => "up",
        MemberStatus.Leaving => "leaving",
        _ => "dead",
    };
}

/// <summary>What a node has acknowledged and its cluster's store does not have yet.</summary>
/// <param name="Records">How many.</param>
/// <param name="Bytes">Of their files.</param>
/// <param name="Age">Of the oldest.</param>
/// <param name="Share">0 for empty, 1 for full: by bytes or by age, whichever is more.</param>
public sealed record SpoolReport(long Records, long Bytes, TimeSpan Age, double Share);

/// <summary>A node of a cluster.</summary>
/// <param name="Name">What its operator calls it.</param>
/// <param name="Incarnation">Which of its lives.</param>
/// <param name="Address">Where other nodes reach it.</param>
/// <param name="HttpAddress">Where its HTTP API is.</param>
/// <param name="Roles">What it does.</param>
/// <param name="Zone">What fails together with it.</param>
/// <param name="Status"><c>joining</c>, <c>up</c>, <c>leaving</c> or <c>dead</c>.</param>
/// <param name="Leads">Shards it owns.</param>
/// <param name="Follows">Shards it copies.</param>
/// <param name="Accusers">Nodes that cannot reach it.</param>
public sealed record ClusterNodeReport(
    string Name, string Incarnation, string Address, string HttpAddress, IReadOnlyList<string> Roles, string Zone, string Status, int Leads, int Follows, int Accusers);

/// <summary>A shard of a cluster.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="Leader">Who owns it; empty when that node is gone.</param>
/// <param name="Followers">Who else has it.</param>
/// <param name="Epoch">Of the ownership.</param>
/// <param name="JournalSeq">The last record of its journal.</param>
/// <param name="SnapshotSeq">Through which record it is saved outside of the journal.</param>
/// <param name="AppliedSeq">Through which record it is applied on the node that reports; null where that has no copy.</param>
/// <param name="MovingTo">Who shall lead it; null where that is who does.</param>
public sealed record ClusterShardReport(
    int Shard, string Leader, IReadOnlyList<string> Followers, long Epoch, long JournalSeq, long SnapshotSeq, long? AppliedSeq, string? MovingTo);
