using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>The port through which others than targets write: each batch to the leader of its shard.</summary>
/// <param name="shards">Of this node.</param>
/// <param name="cluster">Takes batches to the leaders on other nodes; null on a node that leads all shards.</param>
internal sealed class Ingest(ShardDirectory shards, ClusterWrites? cluster = null) : IIngest
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public ShardMap Shards => shards.Map;

    /// <inheritdoc/>
    public async Task<IngestOutcome> WriteAsync(IReadOnlyList<SampleBatch> batches, CancellationToken cancel)
    {
        IngestOutcome[] outcomes = await Task.WhenAll(batches.Select(batch => cluster?.WriteAsync(batch, cancel) ?? WriteAloneAsync(batch, cancel)));
        return outcomes.Aggregate(IngestOutcome.Nothing, static (sum, outcome) => sum.And(outcome));
    }

    /// <summary>Writes a batch on this node.</summary>
    /// <param name="shards">Of this node.</param>
    /// <param name="batch">The shard's from here on, unless it comes back.</param>
    /// <param name="cancel">Stops the wait.</param>
    public static async Task<WriteHere> WriteHereAsync(ShardDirectory shards, SampleBatch batch, CancellationToken cancel)
    {
        ShardId shard = batch.Shard;
        try
        {
            IAppendAnswer answer = await shards.OwnerOf(shard).Ask<IAppendAnswer>(new AppendBatch(batch) { IsAwaited = true, ComesBack = true }, AnswerTimeout, cancel);
            return answer is BatchMoved moved ? new WriteHere(IngestOutcome.Nothing, moved.Batch) : (IngestOutcome)answer;
        }
        catch (AskRefusedException)
        {
            batch.Dispose();
            return Failed($"shard {shard} has too many batches waiting; try again later");
        }
        catch (AskTimeoutException)
        {
            return Failed($"shard {shard} did not answer in time; what became of the batch is unknown");
        }
    }

    private static IngestOutcome Failed(string reason) => IngestOutcome.Nothing with { Failure = reason };

    private async Task<IngestOutcome> WriteAloneAsync(SampleBatch batch, CancellationToken cancel) => (await WriteHereAsync(shards, batch, cancel)).Outcome;
}
