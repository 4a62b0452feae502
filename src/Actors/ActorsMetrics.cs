using System.Diagnostics.Metrics;

namespace Pleiad.Actors;

/// <summary>Counters of this project, on the meter <c>Pleiad.Actors</c>.</summary>
internal static class ActorsMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Pleiad.Actors";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> QueriesRefused =
        Meter.CreateCounter<long>("pleiad_actors_queries_refused", description: "Queries answered 503 because the queue was full.");

    public static readonly Counter<long> QueriesLimited =
        Meter.CreateCounter<long>("pleiad_actors_queries_limited", description: "Queries ended or refused because of a limit of pleiad.query, by limit.");

    public static readonly Counter<long> PeerQueriesRefused =
        Meter.CreateCounter<long>("pleiad_actors_peer_queries_refused", description: "Reads of other nodes that were refused because as many of their queries as may were open here.");

    public static readonly Counter<long> ReadsRetried =
        Meter.CreateCounter<long>("pleiad_actors_reads_retried", description: "Reads that were sent to another copy of a shard because a node did not answer, or not soon.");

    public static readonly Counter<long> StrongReadsRefused =
        Meter.CreateCounter<long>("pleiad_actors_strong_reads_refused", description: "Strong reads that were refused: the database did not answer, or no copy had everything acknowledged in time.");

    public static readonly Counter<long> ShardsMissing =
        Meter.CreateCounter<long>("pleiad_actors_shards_missing", description: "Shards that no node answered for; the query said that its answer is partial.");

    public static readonly Counter<long> ShardsLacking =
        Meter.CreateCounter<long>("pleiad_actors_shards_lacking", description: "Shards of queries that only copies answered for which lack samples of damaged files or records: the answer was partial.");

    public static readonly Counter<long> FetchesOverLimit =
        Meter.CreateCounter<long>("pleiad_actors_fetches_over_limit", description: "Queries that were ended because they would have fetched too many bytes from other nodes.");

    public static readonly Counter<long> WritesRetried =
        Meter.CreateCounter<long>("pleiad_actors_writes_retried", description: "Times a batch was sent again because the leader of its shard did not answer, or another one led it.");

    public static readonly Counter<long> WritesRelayed =
        Meter.CreateCounter<long>("pleiad_actors_writes_relayed", description: "Messages of samples that another node passed on, because the leader of their shard cannot be reached from this one.");

    public static readonly Counter<long> RelaysFailed =
        Meter.CreateCounter<long>("pleiad_actors_write_relays_failed", description: "Messages of samples that this node was to pass on for another and did not: it does not reach the leader either, or passes on enough.");

    public static readonly Counter<long> BatchesWithoutLeader =
        Meter.CreateCounter<long>("pleiad_actors_batches_without_leader", description: "Batches for which no leader could be found in time; whoever sent them was told to send them again.");

    public static readonly Counter<long> ForwardsRefused =
        Meter.CreateCounter<long>("pleiad_actors_forwards_refused", description: "Batches of other nodes that were refused because as many bytes of them as may were being written here.");

    public static readonly Counter<long> DiscoveriesNotShared =
        Meter.CreateCounter<long>("pleiad_actors_discoveries_not_shared", description: "Times that what a discovery found was too large to be shared, so that every node of the cluster looks itself.");

    public static readonly Counter<long> SlotsMissed =
        Meter.CreateCounter<long>("pleiad_actors_scrape_slots_missed", description: "Scrape slots passed over because the scrape before them still ran or the node was late.");

    public static readonly Counter<long> StartsDeferred =
        Meter.CreateCounter<long>("pleiad_actors_scrape_starts_deferred", description: "Slots at which a new target did not begin because as many others as may were reading their first page.");

    public static readonly Counter<long> ScrapesFailed =
        Meter.CreateCounter<long>("pleiad_actors_scrapes_failed", description: "Scrapes that left their target down, by reason: no page, a page against its grammar, or the limit it is beyond.");

    public static readonly Counter<long> BatchesRefused =
        Meter.CreateCounter<long>("pleiad_actors_batches_refused", description: "Batches that could not be made durable.");

    public static readonly Counter<long> SamplesAccepted =
        Meter.CreateCounter<long>("pleiad_actors_samples_accepted", description: "Samples made durable and visible.");

    public static readonly Counter<long> SamplesLate =
        Meter.CreateCounter<long>("pleiad_actors_samples_out_of_order_accepted", description: "Of the samples accepted, those that came later than newer ones of their series.");

    public static readonly Counter<long> SamplesRefused =
        Meter.CreateCounter<long>("pleiad_actors_samples_refused", description: "Samples refused, by reason.");

    public static readonly Counter<long> QueriesShortOfMemory =
        Meter.CreateCounter<long>("pleiad_actors_queries_refused_memory", description: "Queries refused or ended because memory is short.");

    public static readonly Gauge<double> MemoryStep =
        Meter.CreateGauge<double>("pleiad_actors_memory_step", description: "What the node gives up for want of memory: 0 nothing, 1 caches, 2 expensive queries, 3 new series, 4 writes.");

    public static readonly Gauge<double> MemoryUsed =
        Meter.CreateGauge<double>("pleiad_actors_memory_used_bytes", description: "Resident memory that no file can give back.");

    public static readonly Gauge<double> MemoryOfPieces =
        Meter.CreateGauge<double>("pleiad_actors_memory_pieces_bytes", description: "Memory of unpacked pieces of compressed blocks (storage.piece-cache-size).");

    public static readonly Gauge<double> MemoryLimit =
        Meter.CreateGauge<double>("pleiad_actors_memory_limit_bytes", description: "Memory the node may use: pleiad.memory.limit, or what its control group or its machine has.");

    public static readonly Counter<long> MemorySteps =
        Meter.CreateCounter<long>("pleiad_actors_memory_steps", description: "Times that memory became so short that a further step was taken, by step.");

    public static readonly Counter<long> HeapCompactions =
        Meter.CreateCounter<long>("pleiad_actors_heap_compactions", description: "Times the node compacted its heap because it had grown and was settled.");

    public static readonly Counter<double> HeapCompactionSeconds =
        Meter.CreateCounter<double>("pleiad_actors_heap_compaction_seconds", description: "Time for which everything stood still because of that.");

    public static readonly Counter<long> DeletionsRefused =
        Meter.CreateCounter<long>("pleiad_actors_deletions_refused", description: "Deletions that a shard refused because as many as may wait for blocks to be cleaned.");

    public static readonly Counter<long> TrimsHeld =
        Meter.CreateCounter<long>("pleiad_actors_journal_trims_held", description: "Times a shard's records were kept in the journal because fewer nodes than pleiad.cluster.replicas have a copy of it.");

    public static readonly Counter<long> JournalsWentBack =
        Meter.CreateCounter<long>("pleiad_actors_journals_went_back", description: "Times the journal of a shard had lost records that are here, and was given them again or moved over them.");

    public static readonly Counter<long> CopiesDisagreed =
        Meter.CreateCounter<long>("pleiad_actors_copies_disagreed", description: "Times a copy of a shard had applied what its journal does not have, and began anew from what it had saved before.");

    public static readonly Counter<long> BatchesResubmitted =
        Meter.CreateCounter<long>("pleiad_actors_batches_resubmitted", description: "Batches that the journal had lost and that were written again from a copy.");

    public static readonly Counter<long> BatchesNotResubmitted =
        Meter.CreateCounter<long>("pleiad_actors_batches_not_resubmitted", description: "Batches that the journal had lost and that nobody took again, or not all of them.");

    public static readonly Counter<long> ResubmissionsOverLimit =
        Meter.CreateCounter<long>("pleiad_actors_resubmissions_over_limit", description: "Times that samples which are to be written again met a limit of their shard (series, late samples): they stay on disk and are tried again.");

    public static readonly Counter<long> SamplesNotResubmitted =
        Meter.CreateCounter<long>("pleiad_actors_samples_not_resubmitted", description: "Samples that were acknowledged, that the journal does not have, and that could not be written again: refused by whoever leads, or of a series that is not known any more.");

    public static readonly Counter<long> WritesRefusedForSpool =
        Meter.CreateCounter<long>("pleiad_actors_writes_refused_for_spool", description: "Batches of clients that were refused because the store is away and the spool nearly full.");

    public static readonly Counter<long> SpoolGivenUp =
        Meter.CreateCounter<long>("pleiad_actors_spool_given_up", description: "Records of the spool that do not follow on what the copy here has, or are damaged: put aside.");

    public static readonly Counter<long> NewsNotSent =
        Meter.CreateCounter<long>("pleiad_actors_committed_news_not_sent", description: "Messages with committed records that could not be sent to a copy, which reads them from the journal instead.");

    public static readonly Counter<long> RecordsPushed =
        Meter.CreateCounter<long>("pleiad_actors_records_pushed", description: "Committed records that a copy here got from the leader before it looked at the journal.");

    public static readonly Counter<long> RecordsUnreadable =
        Meter.CreateCounter<long>("pleiad_actors_records_unreadable", description: "Records of the journal that were put aside because they cannot be read and no other copy could be taken.");

    public static readonly Counter<long> BatchesForwarded =
        Meter.CreateCounter<long>("pleiad_actors_batches_forwarded", description: "Scraped batches that were taken to another node because their shard had moved there meanwhile.");

    public static readonly Counter<long> ShardsCopied =
        Meter.CreateCounter<long>("pleiad_actors_shards_copied", description: "Shards copied from another node because the journal did not reach back far enough.");

    public static readonly Counter<long> CopyBytes =
        Meter.CreateCounter<long>("pleiad_actors_copy_bytes", description: "Bytes of shards copied from other nodes.");

    public static readonly Counter<long> ClockJumps =
        Meter.CreateCounter<long>("pleiad_actors_clock_jumps", description: "Times the wall clock moved away from the steady one by more than the tolerance.");
}
