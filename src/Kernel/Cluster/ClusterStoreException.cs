namespace Pleiad.Kernel;

/// <summary>The store of the cluster did not answer, or broke off. What became of a write is unknown: read, then decide.</summary>
public sealed class ClusterStoreException(string message, Exception? cause = null) : Exception(message, cause);
