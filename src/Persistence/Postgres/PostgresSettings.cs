namespace Pleiad.Persistence;

/// <summary>How the cluster's PostgreSQL is asked.</summary>
public sealed record PostgresSettings
{
    /// <summary>Host, port, database, user and password in Npgsql's notation. A host that begins with a slash is the directory of a Unix socket.</summary>
    public required string Connection { get; init; }

    /// <summary>The longest a commit of the journal may take before its connection is given up and the journal is read to learn what became of it.</summary>
    public TimeSpan JournalWatchdog { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Journal connections given up that may be waiting for their end; beyond it no new one is opened.</summary>
    public int AbandonedMax { get; init; } = 8;

    /// <summary>Connections for everything but the journal's appends.</summary>
    public int ControlConnectionsMax { get; init; } = 8;

    /// <summary>The longest a control statement may take.</summary>
    public TimeSpan ControlTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of one of the eight tables of the ring after which the next one is written to.</summary>
    public long RingTableBytes { get; init; } = 256L << 20;
}
