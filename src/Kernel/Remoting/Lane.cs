namespace Pleiad.Kernel;

/// <summary>Which of the connections to a node a message goes over. Each has its own queue, so that nothing heavy holds up a heartbeat.</summary>
public enum Lane
{
    /// <summary>Probes, ownership, hand-off: small and urgent.</summary>
    Control = 0,

    /// <summary>Batches to followers, blocks to new replicas.</summary>
    Replication = 1,

    /// <summary>Fragments of queries and their results.</summary>
    Query = 2,
}
