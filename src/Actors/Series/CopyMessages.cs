using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Apply the journal through a record, ahead of leading; the answer is <see cref="CaughtUp"/> or a <see cref="Failure"/>.</summary>
internal sealed record CatchUp(long ThroughSeq);

/// <summary>The answer to <see cref="CatchUp"/>.</summary>
internal sealed record CaughtUp;

/// <summary>Apply the journal through a record, as a copy does; not answered.</summary>
internal sealed record Follow(long ThroughSeq);

/// <summary>Accept batches from now on; not answered.</summary>
/// <param name="Row">Of the acquisition: everything before its next record has been applied.</param>
internal sealed record BeginLead(ShardOwnership Row);

/// <summary>Accept no more batches; the answer is <see cref="LeadEnded"/>, when none is under way.</summary>
internal sealed record EndLead;

/// <summary>The answer to <see cref="EndLead"/>.</summary>
internal sealed record LeadEnded;
