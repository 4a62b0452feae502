using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>Facts about this node for the status endpoints.</summary>
internal sealed class NodeStatus(
    NodeSettings settings, NodeConfiguration configuration, NodePorts ports, IReadOnlyDictionary<string, string> flags) : INodeStatus
{
    private volatile bool _ready;
    private RecoveryProgress _progress;

    /// <inheritdoc/>
    public bool IsReady => _ready;

    /// <inheritdoc/>
    public ReplayProgress Replay => new(_progress.SegmentsTotal, _progress.SegmentsRead);

    /// <inheritdoc/>
    public string ConfigurationYaml => configuration.Current.ToYaml();

    /// <inheritdoc/>
    public Labels ExternalLabels => configuration.Current.Global.ExternalLabels;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Flags { get; } = flags;

    /// <inheritdoc/>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <inheritdoc/>
    public bool ReloadSucceeded => configuration.LastSucceeded;

    /// <inheritdoc/>
    public DateTimeOffset ReloadedAt => configuration.LoadedAt;

    /// <inheritdoc/>
    public DateTimeOffset? ReloadFailedAt => configuration.FailedAt;

    /// <inheritdoc/>
    public IReadOnlyList<string> RuleFiles => configuration.Current.RuleFiles;

    /// <inheritdoc/>
    public int AlertmanagerGroups => configuration.Current.Alerting.Alertmanagers.Count;

    /// <inheritdoc/>
    public string? PoolYaml(string pool) => configuration.Current.ToYaml(pool);

    /// <inheritdoc/>
    public string Retention { get; } = PrometheusDuration.Format(SettingsMap.Retention(settings, configuration.Current));

    /// <inheritdoc/>
    public MemoryStatus Memory => ports.IsOpen ? ports.Actors.Memory.Status : MemoryStatus.Unwatched;

    /// <summary>Notes how far the replay is.</summary>
    public void Note(RecoveryProgress progress) => _progress = progress;

    /// <summary>From now on queries and writes are served.</summary>
    public void SetReady() => _ready = true;

    /// <summary>From now on they are not: the node is stopping.</summary>
    public void SetStopping() => _ready = false;

    /// <inheritdoc/>
    public IReadOnlyList<StoredBlock> Blocks() => ports.Actors.Blocks();

    /// <inheritdoc/>
    public Task<StorageStatus> StorageAsync(int topCount, CancellationToken cancel) => ports.Actors.StorageAsync(topCount, cancel);

    /// <inheritdoc/>
    public Task<CardinalityReport> CardinalityAsync(CardinalityRequest request, CancellationToken cancel) => ports.Actors.CardinalityAsync(request, cancel);
}
