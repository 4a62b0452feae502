namespace Pleiad.Node;

/// <summary>The cluster a node is part of.</summary>
public sealed record ClusterSection
{
    /// <summary>The PostgreSQL that all nodes share, in Npgsql's notation; empty for a node by itself. <c>pleiad.cluster.postgres</c></summary>
    public required string Postgres { get; init; }

    /// <summary>The node's name, the same in all its lives and no other node's; empty for its advertised address. <c>pleiad.cluster.name</c></summary>
    public required string Name { get; init; }

    /// <summary>Where it listens for other nodes: <c>host:port</c>. <c>pleiad.cluster.listen-address</c></summary>
    public required string ListenAddress { get; init; }

    /// <summary>Where other nodes reach it: <c>host:port</c>; empty for the address it listens on. <c>pleiad.cluster.advertise-address</c></summary>
    public required string AdvertiseAddress { get; init; }

    /// <summary>The certificate of the cluster's authority. <c>pleiad.cluster.tls.ca-file</c></summary>
    public required string TlsAuthorityFile { get; init; }

    /// <summary>That of this node. <c>pleiad.cluster.tls.cert-file</c></summary>
    public required string TlsCertificateFile { get; init; }

    /// <summary>Its key. <c>pleiad.cluster.tls.key-file</c></summary>
    public required string TlsKeyFile { get; init; }

    /// <summary>Whether other machines may connect although nothing is encrypted. <c>pleiad.cluster.insecure-listen</c></summary>
    public required bool InsecureListen { get; init; }

    /// <summary>What the node does: <c>store</c>, <c>gateway</c>. <c>pleiad.cluster.roles</c></summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>What fails together with it; empty for nothing. <c>pleiad.cluster.zone</c></summary>
    public required string Zone { get; init; }

    /// <summary>Copies of each shard, the leader's included. <c>pleiad.cluster.replicas</c></summary>
    public required int Replicas { get; init; }

    /// <summary>Shards of a new cluster. <c>pleiad.cluster.shards</c></summary>
    public required int Shards { get; init; }

    /// <summary>The longest a batch waits for others before it is committed. <c>pleiad.cluster.commit-interval</c></summary>
    public required TimeSpan CommitInterval { get; init; }

    /// <summary>Bytes that may wait to be committed. <c>pleiad.cluster.commit-queue-size</c></summary>
    public required int CommitQueueBytesMax { get; init; }

    /// <summary>The longest a commit may take before its connection is given up. <c>pleiad.cluster.commit-watchdog</c></summary>
    public required TimeSpan CommitWatchdog { get; init; }

    /// <summary>Between two times that the journal is cut. <c>pleiad.cluster.trim-interval</c></summary>
    public required TimeSpan TrimInterval { get; init; }

    /// <summary>Bytes of the newest records kept in memory for a database that loses them. <c>pleiad.cluster.recent-size</c></summary>
    public required long RecentBytesMax { get; init; }

    /// <summary>Bytes on disk for what is acknowledged while the database is away; 0: nothing is. <c>pleiad.cluster.spool.size</c></summary>
    public required long SpoolBytesMax { get; init; }

    /// <summary>The oldest that may be. <c>pleiad.cluster.spool.age</c></summary>
    public required TimeSpan SpoolAgeMax { get; init; }

    /// <summary>How long a batch waits for the database before it is spooled. <c>pleiad.cluster.spool.after</c></summary>
    public required TimeSpan SpoolAfter { get; init; }

    /// <summary>The longest the hand-over may take when the node is stopped. <c>pleiad.cluster.leave-timeout</c></summary>
    public required TimeSpan LeaveTimeout { get; init; }
}
