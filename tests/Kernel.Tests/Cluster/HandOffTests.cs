namespace Pleiad.Kernel.Tests;

public sealed class HandOffTests
{
    [Theory]
    [InlineData(301, 300, true)]
    [InlineData(301, 200, true)]
    [InlineData(301, 199, false)]
    [InlineData(101, 0, true)]
    [InlineData(102, 0, false)]
    [InlineData(1, 0, true)]
    [InlineData(301, -1, false)]
    [InlineData(51, -1, false)]
    [InlineData(1, -1, false)]
    public void A_copy_is_handed_over_to_when_it_is_known_to_lack_few_records_however_short_its_journal_is(long nextSeq, long appliedSeq, bool isNear) =>
        Assert.Equal(isNear, ClusterActor.IsNear(ShardOwnership.Untaken(0) with { NextSeq = nextSeq }, appliedSeq, lagMax: 100));
}
