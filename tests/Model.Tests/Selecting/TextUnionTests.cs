namespace Pleiad.Model.Tests;

public sealed class TextUnionTests
{
    [Theory]
    [InlineData("a b c", "b d")]
    [InlineData("c a", "b a")]
    [InlineData("", "z")]
    [InlineData("\ud83d\ude00 \uffee", "\uffee")]
    public void Texts_come_once_and_in_the_order_of_their_bytes(string first, string second)
    {
        var union = new TextUnion();
        union.Add(first.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        union.Add(second.Split(' '));
        string[] expected = [.. first.Split(' ', StringSplitOptions.RemoveEmptyEntries).Concat(second.Split(' ')).Distinct()];
        Array.Sort(expected, Utf8Order.Comparer);
        Assert.Equal(expected, union.Sorted());
        Assert.Equal(expected.Length, union.Count);
    }

    [Fact]
    public void A_list_is_new_once()
    {
        var union = new TextUnion();
        Assert.True(union.IsNew(7));
        Assert.False(union.IsNew(7));
        Assert.True(union.IsNew(8));
    }
}
