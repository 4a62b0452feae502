using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>The port through which others than targets write: each batch to the owner of its shard.</summary>
internal sealed class Ingest(ShardDirectory shards) : IIngest
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public ShardMap Shards => shards.Map;

    /// <inheritdoc/>
    public async Task<IngestOutcome> WriteAsync(IReadOnlyList<SampleBatch> batches, CancellationToken cancel)
    {
        IngestOutcome[] outcomes = await Task.WhenAll(batches.Select(batch => WriteAsync(batch, cancel)));
        return outcomes.Aggregate(IngestOutcome.Nothing, static (sum, outcome) => sum.And(outcome));
    }

    private async Task<IngestOutcome> WriteAsync(SampleBatch batch, CancellationToken cancel)
    {
        try
        {
            return await shards.OwnerOf(batch.Shard).Ask<IngestOutcome>(new AppendBatch(batch) { IsAwaited = true }, AnswerTimeout, cancel);
        }
        catch (AskRefusedException)
        {
            batch.Dispose();
            return IngestOutcome.Nothing with { Failure = $"shard {batch.Shard} has too many batches waiting; try again later" };
        }
        catch (AskTimeoutException)
        {
            return IngestOutcome.Nothing with { Failure = $"shard {batch.Shard} did not answer in time; what became of the batch is unknown" };
        }
    }
}
