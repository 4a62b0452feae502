using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Apply all of the journal, ahead of leading; the answer is <see cref="CaughtUp"/> or a <see cref="Failure"/>.</summary>
/// <param name="Row">Of the acquisition.</param>
internal sealed record CatchUp(ShardOwnership Row);

/// <summary>The answer to <see cref="CatchUp"/>.</summary>
/// <param name="Row">To lead by.</param>
internal sealed record CaughtUp(ShardOwnership Row);

/// <summary>Apply the journal as far as a row says, as a copy does; not answered.</summary>
/// <param name="Row">As it was read.</param>
/// <param name="WentBack">Whether the journal certainly had records before that are not in it any more.</param>
/// <param name="OpeningCounted">
/// The opening of the shard before which nothing was acknowledged that the row does not count, as far as those who live say; null where it may not count all.
/// </param>
internal sealed record Follow(ShardOwnership Row, bool WentBack, long? OpeningCounted);

/// <summary>Apply these records, which the leader has committed; not answered.</summary>
/// <param name="Records">Consecutive.</param>
internal sealed record Pushed(IReadOnlyList<JournalRecord> Records);

/// <summary>Accept batches from now on; not answered.</summary>
/// <param name="Row">Of the acquisition: everything before its next record has been applied.</param>
internal sealed record BeginLead(ShardOwnership Row);

/// <summary>Accept no more batches; the answer is <see cref="LeadEnded"/>, when none is under way.</summary>
internal sealed record EndLead;

/// <summary>The answer to <see cref="EndLead"/>.</summary>
internal sealed record LeadEnded;
