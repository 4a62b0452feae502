namespace Pleiad.Actors.Tests;

public sealed class FirstReadsTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void No_more_enter_than_there_are_places_until_one_leaves()
    {
        var reads = new FirstReads(2, _time);
        FirstReads.Place first = reads.TryEnter()!.Value;
        Assert.NotNull(reads.TryEnter());
        Assert.Null(reads.TryEnter());
        reads.Leave(first);
        Assert.NotNull(reads.TryEnter());
        Assert.Null(reads.TryEnter());
    }

    [Fact]
    public void A_place_that_is_not_given_back_is_free_after_its_lease()
    {
        var reads = new FirstReads(1, _time);
        Assert.NotNull(reads.TryEnter());
        _time.Advance(FirstReads.Lease - TimeSpan.FromTicks(1));
        Assert.Null(reads.TryEnter());
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.NotNull(reads.TryEnter());
    }

    [Fact]
    public void Who_comes_back_late_does_not_free_the_place_of_another()
    {
        var reads = new FirstReads(1, _time);
        FirstReads.Place late = reads.TryEnter()!.Value;
        _time.Advance(FirstReads.Lease);
        Assert.NotNull(reads.TryEnter());
        reads.Leave(late);
        Assert.Null(reads.TryEnter());
    }
}
