using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Facts about this node, as the status endpoints show them.</summary>
public interface INodeStatus
{
    /// <summary>Whether queries and writes are served: everything is replayed and started.</summary>
    bool IsReady { get; }

    /// <summary>What is still to be replayed.</summary>
    ReplayProgress Replay { get; }

    /// <summary>The configuration in force, as YAML with secrets hidden.</summary>
    string ConfigurationYaml { get; }

    /// <summary>The external labels of the configuration in force.</summary>
    Labels ExternalLabels { get; }

    /// <summary>Flags by name, without dashes, as text.</summary>
    IReadOnlyDictionary<string, string> Flags { get; }

    /// <summary>When the process started.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Whether the last reload succeeded.</summary>
    bool ReloadSucceeded { get; }

    /// <summary>When the configuration in force was loaded.</summary>
    DateTimeOffset ReloadedAt { get; }

    /// <summary>How long samples are kept, as text ("15d").</summary>
    string Retention { get; }

    /// <summary>Corrupt records found and set aside since the start; 0 from a node that keeps none on disk.</summary>
    long CorruptionCount => 0;

    /// <summary>How the node stands with its memory.</summary>
    MemoryStatus Memory => MemoryStatus.Unwatched;

    /// <summary>When the last reload failed, unless one has succeeded since.</summary>
    DateTimeOffset? ReloadFailedAt { get; }

    /// <summary>Patterns of <c>rule_files</c> in force.</summary>
    IReadOnlyList<string> RuleFiles { get; }

    /// <summary>Groups of Alertmanagers in force.</summary>
    int AlertmanagerGroups { get; }

    /// <summary>The configuration of a scrape pool as YAML, secrets hidden; null where there is no such pool.</summary>
    string? PoolYaml(string pool);

    /// <summary>The blocks on the disk of this node.</summary>
    /// <exception cref="PromQL.QueryException">The node is not ready.</exception>
    IReadOnlyList<StoredBlock> Blocks();

    /// <summary>The samples and series of this node.</summary>
    Task<StorageStatus> StorageAsync(int topCount, CancellationToken cancel);

    /// <summary>What labels, metrics and targets cost in the heads of the whole cluster.</summary>
    /// <exception cref="PromQL.QueryException">There are too many queries, memory is short, it took too long, or nobody answers for a shard.</exception>
    Task<CardinalityReport> CardinalityAsync(CardinalityRequest request, CancellationToken cancel);
}

/// <summary>Progress of the replay after a start.</summary>
/// <param name="SegmentsTotal">Log segments to read.</param>
/// <param name="SegmentsRead">Of those, already read.</param>
public readonly record struct ReplayProgress(int SegmentsTotal, int SegmentsRead);

/// <summary>The head's figures and what costs most, each list largest first.</summary>
public sealed record StorageStatus(
    long Series,
    long LabelPairs,
    long Chunks,
    long MinTimeMs,
    long MaxTimeMs,
    IReadOnlyList<NamedCount> SeriesByMetric,
    IReadOnlyList<NamedCount> ValuesByLabel,
    IReadOnlyList<NamedCount> BytesByLabel,
    IReadOnlyList<NamedCount> SeriesByPair)
{
    /// <summary>What the figures are not exact in, in words.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A name and how many.</summary>
public readonly record struct NamedCount(string Name, long Value);
