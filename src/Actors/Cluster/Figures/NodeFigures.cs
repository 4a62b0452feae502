using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What a node of a cluster knows of itself and others do not: for a <see cref="ClusterReport"/>.</summary>
/// <param name="Targets">How many it scrapes; null where that could not be counted.</param>
/// <param name="AppliedSeqs">By shard, through which record it is applied there; 0 for none, <see cref="AppliedMarks.Unknown"/> where it is not open or lacks samples.</param>
/// <param name="Spool">How much of its spool is used; null where it has none, or is of a version that does not say.</param>
internal sealed record NodeFigures(int? Targets, IReadOnlyList<long> AppliedSeqs, SpoolUse? Spool = null)
{
    /// <summary>Through which record a shard is applied there; null where it is not open or lacks samples.</summary>
    public long? AppliedSeqOf(int shard) => shard < AppliedSeqs.Count && AppliedSeqs[shard] != AppliedMarks.Unknown ? AppliedSeqs[shard] : null;
}
