using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Write this batch; the answer to the sender is an <see cref="IngestOutcome"/>, sent when the batch is durable or refused.</summary>
/// <param name="Batch">The shard's from here on.</param>
internal sealed record AppendBatch(SampleBatch Batch)
{
    /// <summary>Whether a client waits for the answer: the journal is then flushed soon. Scrapes have time until the next one.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>Whether the sender takes the batch to the leader itself where this node is not: a <see cref="BatchMoved"/>. Else the shard has it taken there.</summary>
    public bool ComesBack { get; init; }
}

/// <summary>The answer to <see cref="AppendBatch"/>: an <see cref="IngestOutcome"/> or a <see cref="BatchMoved"/>.</summary>
internal interface IAppendAnswer;

/// <summary>
/// The answer to <see cref="AppendBatch"/> where this node does not lead the shard, or does not any more: nothing of the batch was written, and
/// it is the asker's again, to be sent to the leader.
/// </summary>
/// <param name="Batch">The asker's from here on.</param>
internal sealed record BatchMoved(SampleBatch Batch) : IAppendAnswer;

/// <summary>Hand out a view; the answer is a <see cref="ShardView"/>, which the asker disposes.</summary>
internal sealed class TakeView
{
    /// <summary>The only one.</summary>
    public static readonly TakeView Instance = new();

    private TakeView()
    {
    }
}

/// <summary>Tell the figures of the head; the answer is a <see cref="ShardFigures"/> in a <see cref="FiguresTaken"/>.</summary>
internal sealed class TakeFigures
{
    /// <summary>The only one.</summary>
    public static readonly TakeFigures Instance = new();

    private TakeFigures()
    {
    }
}

/// <summary>The answer to <see cref="TakeFigures"/>.</summary>
internal sealed record FiguresTaken(ShardFigures Figures);

/// <summary>Hand out the exemplars; the answer is an <see cref="ExemplarsTaken"/>.</summary>
internal sealed class TakeExemplars
{
    /// <summary>The only one.</summary>
    public static readonly TakeExemplars Instance = new();

    private TakeExemplars()
    {
    }
}

/// <summary>The answer to <see cref="TakeExemplars"/>.</summary>
/// <param name="Exemplars">The oldest first; a copy.</param>
internal sealed record ExemplarsTaken(IReadOnlyList<StoredExemplar> Exemplars);

/// <summary>Save a snapshot now, whatever the interval; the answer is a <see cref="SnapshotSaved"/>.</summary>
internal sealed record SaveSnapshot;

/// <summary>Move the whole head into blocks, merge them, cut the journal; the answer is a <see cref="HeadSealed"/>, when all is done.</summary>
internal sealed record SealHead;

/// <summary>The answer to <see cref="SealHead"/>.</summary>
/// <param name="Failure">Why it is not done, or null.</param>
internal sealed record HeadSealed(string? Failure);

/// <summary>From now on take samples out of order that are at most so much older than the newest; no answer.</summary>
internal sealed record UseOutOfOrderWindow(TimeSpan Window);

/// <summary>Delete the samples of the series that satisfy all matchers, both ends inside; the answer is a <see cref="SamplesDeleted"/>, when it is durable.</summary>
internal sealed record DeleteSamples(IReadOnlyList<Matcher> Matchers, long From, long Through);

/// <summary>The answer to <see cref="DeleteSamples"/>.</summary>
/// <param name="Failure">Why not all of it is deleted, or null.</param>
internal sealed record SamplesDeleted(string? Failure)
{
    /// <summary>This node does not lead the shard, or does not any more: nothing was deleted.</summary>
    public static readonly SamplesDeleted Moved = new("another node leads the shard") { IsMoved = true };

    /// <summary>Whether the leader of the shard, who is another node, is to be asked.</summary>
    public bool IsMoved { get; init; }
}

/// <summary>Write blocks anew without what is deleted of them; the answer is a <see cref="TombstonesCleaned"/>, when that is done.</summary>
internal sealed record CleanTombstones;

/// <summary>The answer to <see cref="CleanTombstones"/>.</summary>
/// <param name="Failure">Why it is not done, or null.</param>
internal sealed record TombstonesCleaned(string? Failure);

/// <summary>The answer to <see cref="SaveSnapshot"/>.</summary>
/// <param name="Failure">Why there is none, or null.</param>
internal sealed record SnapshotSaved(string? Failure);
