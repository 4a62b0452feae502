using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Takes samples in and answers when they are durable.</summary>
public interface IIngest
{
    /// <summary>How series spread over shards.</summary>
    ShardMap Shards { get; }

    /// <summary>Writes batches, one a shard; completes when every one is durable or refused.</summary>
    /// <param name="batches">Owned by the callee from here on.</param>
    /// <param name="cancel">Stops the wait, not the write: what became of the batches is then unknown.</param>
    Task<IngestOutcome> WriteAsync(IReadOnlyList<SampleBatch> batches, CancellationToken cancel);
}

/// <summary>What became of samples.</summary>
/// <param name="Accepted">Durable now.</param>
/// <param name="Duplicates">Already there with the same value; nothing to do.</param>
/// <param name="OutOfOrder">Older than the series' newest sample, refused.</param>
/// <param name="TooOld">Before everything the shard still accepts, refused.</param>
/// <param name="Conflicting">Same time as a stored sample, another value, refused.</param>
/// <param name="SeriesOverLimit">New series beyond a limit, refused.</param>
/// <param name="Invalid">Histograms that contradict themselves, or labels beyond what can be stored; refused.</param>
/// <param name="Failure">Why nothing could be made durable (disk full, log failed), or null.</param>
public sealed record IngestOutcome(
    int Accepted, int Duplicates, int OutOfOrder, int TooOld, int Conflicting, int SeriesOverLimit, int Invalid, string? Failure)
    : IAppendAnswer
{
    /// <summary>Nothing came, nothing happened.</summary>
    public static readonly IngestOutcome Nothing = new(0, 0, 0, 0, 0, 0, 0, null);

    /// <summary>Of the accepted and the duplicates, those that are native histograms.</summary>
    public int Histograms { get; init; }

    /// <summary>Out of order and older than samples may come late; refused.</summary>
    public int BeyondWindow { get; init; }

    /// <summary>Of those out of order, the ones that there is no room for now: they would be taken later, when those before them are in a block.</summary>
    public int LateOverLimit { get; init; }

    /// <summary>Samples that were refused, each for a reason of its own.</summary>
    public int Refused => OutOfOrder + BeyondWindow + TooOld + Conflicting + SeriesOverLimit + Invalid;

    /// <summary>Both together; the first failure is kept.</summary>
    public IngestOutcome And(IngestOutcome other) => new(
        Accepted + other.Accepted,
        Duplicates + other.Duplicates,
        OutOfOrder + other.OutOfOrder,
        TooOld + other.TooOld,
        Conflicting + other.Conflicting,
        SeriesOverLimit + other.SeriesOverLimit,
        Invalid + other.Invalid,
        Failure ?? other.Failure)
    {
        Histograms = Histograms + other.Histograms,
        BeyondWindow = BeyondWindow + other.BeyondWindow,
        LateOverLimit = LateOverLimit + other.LateOverLimit,
    };
}
