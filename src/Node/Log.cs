using Microsoft.Extensions.Logging;

namespace Pleiad.Node;

/// <summary>Everything this project logs.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Pleiad {Version} starts. Data in {Path}.")]
    public static partial void Starting(this ILogger log, string version, string path);

    [LoggerMessage(101, LogLevel.Information, "Replay: {ShardsLoaded} of {ShardsTotal} snapshots, {SegmentsRead} of {SegmentsTotal} journal segments.")]
    public static partial void Replaying(this ILogger log, int shardsLoaded, int shardsTotal, int segmentsRead, int segmentsTotal);

    [LoggerMessage(102, LogLevel.Information, "Ready after {Took}: {Series} series.")]
    public static partial void Ready(this ILogger log, TimeSpan took, long series);

    [LoggerMessage(103, LogLevel.Error, "The data directory was damaged: {Records} journal records, {Chunks} chunk records and {Batches} batches are lost, {Samples} samples have lost their series, {Blocks} blocks cannot be opened. What was damaged lies in {Quarantine}; everything else is there.")]
    public static partial void Damaged(this ILogger log, long records, int chunks, long batches, long samples, int blocks, string quarantine);

    [LoggerMessage(104, LogLevel.Error, "Deletions of {Shards} shards were damaged and are lost: what they deleted of blocks may be there again. The damaged files lie in {Quarantine}.")]
    public static partial void DeletionsLost(this ILogger log, int shards, string quarantine);

    [LoggerMessage(105, LogLevel.Information, "Of the memory of the control group the heap may use {Megabytes} MiB.")]
    public static partial void HeapLimitRaised(this ILogger log, long megabytes);

    [LoggerMessage(110, LogLevel.Information, "Configuration loaded: {Source}.")]
    public static partial void ConfigurationLoaded(this ILogger log, string source);

    [LoggerMessage(111, LogLevel.Warning, "Configuration: {Note}")]
    public static partial void ConfigurationNote(this ILogger log, string note);

    [LoggerMessage(112, LogLevel.Error, "The new configuration is refused, the old one stays in force: {Reason}")]
    public static partial void ReloadRefused(this ILogger log, string reason);

    [LoggerMessage(127, LogLevel.Warning, "The prometheus.yml of this node is an older one of the cluster, of {Put}; that of {Node} of {At} is in force. To put this node's file in force on all nodes, reload it here.")]
    public static partial void ConfigurationOlder(this ILogger log, DateTimeOffset put, string node, DateTimeOffset at);

    [LoggerMessage(128, LogLevel.Warning, "The prometheus.yml of this node is not the cluster's: that of {Node} of {At} is in force. To put this node's file in force on all nodes, reload it here.")]
    public static partial void ConfigurationUnknown(this ILogger log, string node, DateTimeOffset at);

    [LoggerMessage(131, LogLevel.Error, "The new configuration was read, but not every scrape pool has taken it over: {Reason}")]
    public static partial void ConfigurationUnapplied(this ILogger log, string reason);

    [LoggerMessage(132, LogLevel.Error, "Looking for a new configuration of the cluster has failed and is repeated: {Reason}")]
    public static partial void FollowingFailed(this ILogger log, string reason);

    [LoggerMessage(113, LogLevel.Warning, "Flag --{Flag} has no effect: {Why}")]
    public static partial void FlagWithoutEffect(this ILogger log, string flag, string why);

    [LoggerMessage(114, LogLevel.Warning, "Without effect in this version: {Setting}.")]
    public static partial void SettingWithoutEffect(this ILogger log, string setting);

    [LoggerMessage(115, LogLevel.Warning, "Dashboards: {Problem}.")]
    public static partial void DashboardFileProblem(this ILogger log, string problem);

    [LoggerMessage(116, LogLevel.Error, "The document {File} was damaged and lies beside the others under another name; everything else is there.")]
    public static partial void DocumentDamaged(this ILogger log, string file);

    [LoggerMessage(133, LogLevel.Error, "This node's {File} was damaged and lies as {Aside}. {Carried} documents in it (dashboards, old versions, folders, stars) could be read and were carried over; of {Left} more it is known that they were there and were not. What is broken: {Damage}")]
    public static partial void DocumentsDamaged(this ILogger log, string file, string aside, int carried, int left, string damage);

    [LoggerMessage(134, LogLevel.Error, "The document {Document} was not carried over: what is left of it is in {Aside}.")]
    public static partial void DocumentLost(this ILogger log, string document, string aside);

    [LoggerMessage(125, LogLevel.Information, "Dashboards: {Count} documents have moved from {From} into the store.")]
    public static partial void DocumentsMoved(this ILogger log, int count, string from);

    [LoggerMessage(126, LogLevel.Warning, "The document {Document} stays in {Where}: the store has another of its name.")]
    public static partial void DocumentLeft(this ILogger log, string document, string where);

    [LoggerMessage(117, LogLevel.Warning, "Acknowledged samples are no safer than the database of the cluster: {Risk}.")]
    public static partial void DurabilityRisk(this ILogger log, string risk);

    [LoggerMessage(118, LogLevel.Warning, "The cluster was made with {Shards} shards and keeps them; {Asked} were asked for.")]
    public static partial void ShardsFixed(this ILogger log, int shards, int asked);

    [LoggerMessage(119, LogLevel.Information, "Joined the cluster as {Name} at {Address}, after {Took}.")]
    public static partial void Joined(this ILogger log, string name, string address, TimeSpan took);

    [LoggerMessage(129, LogLevel.Debug, "Rehearsed {Requests} requests and {Queries} queries in {Took}.")]
    public static partial void Rehearsed(this ILogger log, int requests, int queries, TimeSpan took);

    [LoggerMessage(130, LogLevel.Debug, "The rehearsal ended early: {Reason}.")]
    public static partial void RehearsalEnded(this ILogger log, string reason);

    [LoggerMessage(124, LogLevel.Critical, "Out of the cluster: {Reason}. The node stops; what it acknowledged is in the journal.")]
    public static partial void OutOfCluster(this ILogger log, string reason);

    [LoggerMessage(120, LogLevel.Information, "Shutting down: {Reason}.")]
    public static partial void ShuttingDown(this ILogger log, string reason);

    [LoggerMessage(121, LogLevel.Warning, "Shutdown step {Task} of phase {Phase} {Outcome}.")]
    public static partial void ShutdownStepFailed(this ILogger log, string task, string phase, string outcome);

    [LoggerMessage(122, LogLevel.Critical, "The journal has failed and cannot be trusted any more: {Reason}. The node stops; nothing acknowledged is lost.")]
    public static partial void JournalFailed(this ILogger log, string reason);

    [LoggerMessage(123, LogLevel.Information, "Stopped after {Took}.")]
    public static partial void Stopped(this ILogger log, TimeSpan took);
}
