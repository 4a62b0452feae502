namespace Pleiad.Storage.Tests;

public sealed class PairTableTests
{
    private const int Page = 256;

    [Fact]
    public void A_page_is_let_go_with_its_last_pair_and_its_numbers_are_taken_again()
    {
        var table = new PairTable();
        var name = new LabelNameEntry("id", 1);
        for (int i = 0; i < 3 * Page; i++)
        {
            Assert.Equal(i, table.Add(name, $"{i}"));
        }

        HashSet<int> gone = [.. Enumerable.Range(Page, Page)];
        table.Remove(gone);
        Assert.Equal("300", table[300].Value);
        foreach (int number in gone.Order().SkipLast(1))
        {
            table.Free(number);
        }

        Assert.Equal(3, table.PagesHeld);
        table.Free((2 * Page) - 1);
        Assert.Equal(2, table.PagesHeld);
        Assert.Null(table[300].Value);
        Assert.Equal(0, table.SlotCountOf(300));
        Assert.Throws<InvalidOperationException>(() => table.Held(300).OnlySlot = 1);
        Assert.Equal(-1, table.Find(name, "300"));
        Assert.Equal(Page - 1, table.Find(name, $"{Page - 1}"));
        for (int number = Page; number < 2 * Page; number++)
        {
            Assert.Equal(number, table.Add(name, $"new-{number}"));
        }

        Assert.Equal(3, table.PagesHeld);
        Assert.Equal(300, table.Find(name, "new-300"));
        Assert.Equal(3 * Page, table.Add(name, "more"));
    }
}
