using Microsoft.Extensions.Logging;

namespace Pleiad.Actors;

/// <summary>Everything this project logs.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Warning, "The wall clock jumped {By} forwards: the samples of that span are missing.")]
    public static partial void ClockJumpedForwards(this ILogger log, TimeSpan by);

    [LoggerMessage(201, LogLevel.Warning, "The wall clock jumped {By} backwards: samples are refused as out of order until it has caught up; nothing stored is lost. The clock jumped, not the node.")]
    public static partial void ClockJumpedBackwards(this ILogger log, TimeSpan by);

    [LoggerMessage(210, LogLevel.Error, "Shard {Shard} could not make a batch durable: {Reason}")]
    public static partial void BatchRefused(this ILogger log, int shard, string reason);

    [LoggerMessage(211, LogLevel.Information, "Shard {Shard} writes again.")]
    public static partial void ShardRecovered(this ILogger log, int shard);

    [LoggerMessage(212, LogLevel.Error, "Shard {Shard} could not save a snapshot: {Reason}. The journal is kept until one succeeds.")]
    public static partial void SnapshotFailed(this ILogger log, int shard, string reason);

    [LoggerMessage(213, LogLevel.Debug, "Shard {Shard} saved a snapshot in {Took}.")]
    public static partial void SnapshotSaved(this ILogger log, int shard, TimeSpan took);

    [LoggerMessage(214, LogLevel.Information, "Shard {Shard} moved {Samples} samples from its head into a block of {Bytes} bytes in {Took}.")]
    public static partial void HeadSealed(this ILogger log, int shard, long samples, long bytes, TimeSpan took);

    [LoggerMessage(215, LogLevel.Information, "Shard {Shard} merged {Count} blocks into one.")]
    public static partial void BlocksMerged(this ILogger log, int shard, int count);

    [LoggerMessage(289, LogLevel.Information, "Shard {Shard} wrote {Buckets} rollups, {Bytes} bytes.")]
    public static partial void RolledUp(this ILogger log, int shard, long buckets, long bytes);

    [LoggerMessage(216, LogLevel.Error, "Shard {Shard} could not write a block: {Reason}. What should be in it stays where it is; the next try is in a minute.")]
    public static partial void UpkeepFailed(this ILogger log, int shard, string reason);

    [LoggerMessage(217, LogLevel.Error, "Shard {Shard}: {Chunks} chunks of a block were damaged and are lost; the damaged file lies in {Quarantine}.")]
    public static partial void ChunksLost(this ILogger log, int shard, int chunks, string quarantine);

    [LoggerMessage(218, LogLevel.Information, "Shard {Shard} dropped its {Count} oldest blocks: all blocks together exceed the size they may have.")]
    public static partial void BlocksOverSize(this ILogger log, int shard, int count);

    [LoggerMessage(219, LogLevel.Warning, "The copy of shard {Shard} on this node stays behind its journal: {Reason}")]
    public static partial void CopyBehind(this ILogger log, int shard, string reason);

    [LoggerMessage(225, LogLevel.Information, "Shard {Shard} was copied from another node, for {Reason}; it is opened anew.")]
    public static partial void CopyMade(this ILogger log, int shard, string reason);

    [LoggerMessage(270, LogLevel.Warning, "The copy of shard {Shard} on this node lacks samples, for files of it are damaged, and could not be copied from another node yet: {Reason}")]
    public static partial void CopyLacks(this ILogger log, int shard, string reason);

    [LoggerMessage(272, LogLevel.Error, "The copy of shard {Shard} on this node was damaged: {Blocks} blocks of samples and {Rollups} of rollups could not be opened, {Chunks} chunks of its snapshots could not be read. The files lie in {Quarantine}; the copy asks other nodes for theirs.")]
    public static partial void FilesDamaged(this ILogger log, int shard, int blocks, int rollups, int chunks, string quarantine);

    [LoggerMessage(226, LogLevel.Error, "The journal of shard {Shard} ends at record {Journal} and was at {Here}: the database has lost what it had acknowledged. {Mended}")]
    public static partial void JournalWentBack(this ILogger log, int shard, long journal, long here, string mended);

    [LoggerMessage(227, LogLevel.Error, "The copy of shard {Shard} on this node and its journal agree through record {Common} only, and the copy is at {Here}: it begins anew from what it saved before, and {Batches} batches are written again; {Unplaced} samples cannot be.")]
    public static partial void CopyDisagrees(this ILogger log, int shard, long common, long here, int batches, long unplaced);

    [LoggerMessage(228, LogLevel.Error, "Record {Seq} of the journal of shard {Shard} cannot be read ({Reason}) and lies in {Quarantine}; what comes after it is kept.")]
    public static partial void RecordUnreadable(this ILogger log, int shard, long seq, string reason, string quarantine);

    [LoggerMessage(271, LogLevel.Error, "{Records} records of shard {Shard} that were acknowledged while the store was away are put aside in {Quarantine} and not written again: {Reason}.")]
    public static partial void SpoolGivenUp(this ILogger log, int shard, int records, string reason, string quarantine);

    [LoggerMessage(220, LogLevel.Warning, "Target {Target} of {Pool}: {Refused} samples refused, of them {OutOfOrder} out of order, {Conflicting} with another value at the same time, {TooOld} too old, {OverLimit} of new series over the limit.")]
    public static partial void SamplesRefused(
        this ILogger log, string pool, string target, int refused, int outOfOrder, int conflicting, int tooOld, int overLimit);

    [LoggerMessage(224, LogLevel.Warning, "Target {Target} of {Pool}: samples with times of their own left out, {TooOld} too old and {TooNew} too far ahead.")]
    public static partial void SamplesOutOfBounds(this ILogger log, string pool, string target, int tooOld, int tooNew);

    [LoggerMessage(221, LogLevel.Debug, "Scrape of {Target} in {Pool} failed: {Reason}")]
    public static partial void ScrapeFailed(this ILogger log, string pool, string target, string reason);

    [LoggerMessage(222, LogLevel.Information, "Scrape pools in force: {Pools}.")]
    public static partial void PoolsApplied(this ILogger log, string pools);

    [LoggerMessage(230, LogLevel.Error, "Actor {Actor} failed; its supervisor decides: {Directive}.")]
    public static partial void ActorFailed(this ILogger log, string actor, string directive, Exception cause);

    [LoggerMessage(231, LogLevel.Error, "Actor {Actor} failed while it was ending.")]
    public static partial void HookFailed(this ILogger log, string actor, Exception cause);

    [LoggerMessage(223, LogLevel.Warning, "Pool {Pool}: {Message}")]
    public static partial void DiscoveryReported(this ILogger log, string pool, string message);

    [LoggerMessage(240, LogLevel.Warning, "Memory is short: {Use}. From now on {What}.")]
    public static partial void MemoryIsShort(this ILogger log, string use, string what);

    [LoggerMessage(241, LogLevel.Information, "Memory is less short: {Use}. From now on {What}.")]
    public static partial void MemoryIsLessShort(this ILogger log, string use, string what);

    [LoggerMessage(242, LogLevel.Warning, "Shard {Shard} refuses new series, {Samples} samples so far since the last line like this: {Reason}. One of them: {Series}")]
    public static partial void SeriesRefused(this ILogger log, int shard, long samples, string reason, string series);

    [LoggerMessage(243, LogLevel.Warning, "Exemplars of shard {Shard} could not be saved: {Reason}. It is tried again.")]
    public static partial void ExemplarsNotSaved(this ILogger log, int shard, string reason);

    [LoggerMessage(244, LogLevel.Debug, "The heap was compacted from {Before} MiB to {After} MiB; everything stood still for {Pause}.")]
    public static partial void HeapCompacted(this ILogger log, long before, long after, TimeSpan pause);

    [LoggerMessage(260, LogLevel.Information, "Samples are sent to {Destination}.")]
    public static partial void DestinationStarted(this ILogger log, string destination);

    [LoggerMessage(261, LogLevel.Error, "Nothing is sent to {Destination}: {Reason}.")]
    public static partial void DestinationLeftOut(this ILogger log, string destination, string reason);

    [LoggerMessage(262, LogLevel.Warning, "Samples cannot be sent to {Destination} at present: {Reason}. They wait and are sent when it takes them again.")]
    public static partial void SendingFails(this ILogger log, string destination, string reason);

    [LoggerMessage(263, LogLevel.Information, "{Destination} takes samples again, after {Took} and {Failures} failed requests.")]
    public static partial void SendingAgain(this ILogger log, string destination, TimeSpan took, int failures);

    [LoggerMessage(264, LogLevel.Error, "{Destination} refused {Samples} samples for good: {Reason}")]
    public static partial void SamplesNotTaken(this ILogger log, string destination, long samples, string reason);

    [LoggerMessage(265, LogLevel.Error, "What {Destination} has missed could not be read back from storage: {Reason}. It is tried again.")]
    public static partial void ReadBackFailed(this ILogger log, string destination, string reason);

    [LoggerMessage(266, LogLevel.Warning, "Metadata could not be sent to {Destination}: {Reason}. All of it is sent again at the next interval.")]
    public static partial void MetadataNotSent(this ILogger log, string destination, string reason);

    [LoggerMessage(267, LogLevel.Error, "Where remote write had got to is not known: {Reason}. Destinations get what comes from now on.")]
    public static partial void PositionsUnreadable(this ILogger log, string reason);

    [LoggerMessage(268, LogLevel.Error, "Where remote write has got to could not be saved: {Reason}. After a crash more would be sent twice.")]
    public static partial void PositionsNotSaved(this ILogger log, string reason);

    [LoggerMessage(269, LogLevel.Error, "The destinations of remote write did not take the configuration within {Limit}; those before it may still be in force. Reload to try again.")]
    public static partial void DestinationsNotApplied(this ILogger log, TimeSpan limit);
}
