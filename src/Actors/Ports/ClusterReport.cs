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
    /// <summary>Nodes that live and did not say what only they know; empty where they were not asked.</summary>
    public IReadOnlyList<string> Unanswered { get; init; } = [];

    /// <summary>The report of what a cluster actor knows, and of what nodes tell of themselves.</summary>
    /// <param name="status">What it knows.</param>
    /// <param name="figures">By name of the node; this node's are among them.</param>
    /// <param name="asked">Whether the other nodes were asked for theirs.</param>
    internal static ClusterReport Of(ClusterStatus status, IReadOnlyDictionary<string, NodeFigures> figures, bool asked)
    {
        string self = status.View.Find(status.Self)?.Name ?? "";
        HashSet<string> living = [.. status.View.Members.Where(static member => member.Status != MemberStatus.Dead).Select(static member => member.Name)];
        ClusterShardReport[] shards = [.. status.Rows.Select(row => ShardOf(status, row, self, figures, living))];
        ClusterNodeReport[] nodes = [.. status.View.Members.Select(member => NodeOf(member, status, shards, figures)).OrderBy(static node => node.Name, StringComparer.Ordinal)];
        return new ClusterReport(self, status.View.Version, nodes, shards, SpoolReport.Of(figures.GetValueOrDefault(self)?.Spool), status.IsCurrent)
        {
            Unanswered = asked ? [.. living.Where(name => !figures.ContainsKey(name)).Order(StringComparer.Ordinal)] : [],
        };
    }

    private static ClusterNodeReport NodeOf(Member member, ClusterStatus status, ClusterShardReport[] shards, IReadOnlyDictionary<string, NodeFigures> figures) => new(
        member.Name, member.Incarnation.ToString(), member.Address, member.HttpAddress, member.Roles, member.Zone, TextOf(member.Status),
        status.Rows.Count(row => row.Owner == member.Incarnation),
        member.Status == MemberStatus.Dead ? 0 : shards.Count(shard => shard.Followers.Contains(member.Name, StringComparer.Ordinal)),
        member.Accusers.Length)
    {
        Targets = member.Status == MemberStatus.Dead ? null : figures.GetValueOrDefault(member.Name)?.Targets,
        Spool = member.Status == MemberStatus.Dead ? null : SpoolReport.Of(figures.GetValueOrDefault(member.Name)?.Spool),
    };

    private static ClusterShardReport ShardOf(
        ClusterStatus status, ShardOwnership row, string self, IReadOnlyDictionary<string, NodeFigures> figures, HashSet<string> living)
    {
        Member? owner = status.View.Find(row.Owner);
        ShardReplicas planned = status.Plan is { } plan && row.Shard < plan.Shards.Length ? plan.Shards[row.Shard] : ShardReplicas.None;
        string leader = owner is { Status: not MemberStatus.Dead } ? owner.Name : "";
        string[] followers = [.. planned.All.Where(name => name != leader)];
        ClusterCopyReport[] copies = [.. (leader.Length > 0 ? [leader, .. followers] : followers).Where(living.Contains)
            .Where(figures.ContainsKey).Select(name => new ClusterCopyReport(name, figures[name].AppliedSeqOf(row.Shard)))];
        return new ClusterShardReport(
            row.Shard, leader, followers, row.Epoch, row.NextSeq - 1, row.SnapshotSeq, copies.FirstOrDefault(copy => copy.Node == self)?.AppliedSeq,
            planned.Leader.Length > 0 && planned.Leader != leader ? planned.Leader : null)
        {
            Copies = copies,
        };
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
public sealed record SpoolReport(long Records, long Bytes, TimeSpan Age, double Share)
{
    internal static SpoolReport? Of(SpoolUse? spool) => spool is { } use ? new SpoolReport(use.Records, use.Bytes, use.Age, use.Share) : null;
}

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
    string Name, string Incarnation, string Address, string HttpAddress, IReadOnlyList<string> Roles, string Zone, string Status, int Leads, int Follows, int Accusers)
{
    /// <summary>Targets it scrapes; null where it did not say.</summary>
    public int? Targets { get; init; }

    /// <summary>How much of its spool is used; null where it has none, or did not say.</summary>
    public SpoolReport? Spool { get; init; }
}

/// <summary>A shard of a cluster.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="Leader">Who owns it; empty when that node is gone.</param>
/// <param name="Followers">Who else has it.</param>
/// <param name="Epoch">Of the ownership.</param>
/// <param name="JournalSeq">The last record of its journal.</param>
/// <param name="SnapshotSeq">Through which record it is saved outside of the journal.</param>
/// <param name="AppliedSeq">Through which record it is applied on the node that reports; null where that has no copy that is open and whole.</param>
/// <param name="MovingTo">Who shall lead it; null where that is who does.</param>
public sealed record ClusterShardReport(
    int Shard, string Leader, IReadOnlyList<string> Followers, long Epoch, long JournalSeq, long SnapshotSeq, long? AppliedSeq, string? MovingTo)
{
    /// <summary>The copies of the nodes that told of theirs; of the leader, if it lives, first.</summary>
    public IReadOnlyList<ClusterCopyReport> Copies { get; init; } = [];

    /// <summary>
    /// Records that whoever shall lead it lacks; null where nobody shall, it did not say, or its copy is not ready. Of the last two, only of one that is not ready
    /// is there one among <see cref="Copies"/>.
    /// </summary>
    public long? MovingLag => Copies.FirstOrDefault(copy => copy.Node == MovingTo)?.AppliedSeq is { } applied ? LagOf(applied) : null;

    /// <summary>Records that a copy lacks which is applied through one.</summary>
    public long LagOf(long appliedSeq) => Math.Max(0, JournalSeq - appliedSeq);
}

/// <summary>A copy of a shard.</summary>
/// <param name="Node">Whose.</param>
/// <param name="AppliedSeq">Through which record it is applied there; 0 for none; null where it is not open, lacks samples, or fetches files.</param>
public sealed record ClusterCopyReport(string Node, long? AppliedSeq);
