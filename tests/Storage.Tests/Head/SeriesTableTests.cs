using Pleiad.Model;

namespace Pleiad.Storage.Tests;

public sealed class SeriesTableTests
{
    private const int Page = SeriesTable.SlotsInPage;
    private readonly Reclaimer _reclaimer;
    private readonly SeriesTable _table;

    public SeriesTableTests()
    {
        _reclaimer = new Reclaimer(GiveBack);
        _table = new SeriesTable(new ByteArena(), new LabelIndex(), _reclaimer);
    }

    [Fact]
    public void A_page_is_let_go_with_its_last_series_and_its_slots_are_taken_again_with_later_generations()
    {
        for (int i = 0; i < 3 * Page; i++)
        {
            Assert.Equal(i, _table.Add(Series(i)));
        }

        int[] generations = [.. Enumerable.Range(0, 3 * Page).Select(number => _table[number].Generation)];
        for (int number = Page; number < (2 * Page) - 1; number++)
        {
            _table.Remove(number);
        }

        Assert.Equal(3, _table.PagesHeld);
        _table.Remove((2 * Page) - 1);
        Assert.Equal(2, _table.PagesHeld);
        Assert.All(Enumerable.Range(Page, Page), number => Assert.False(_table.Holds(number)));
        Assert.Equal(Page - 1, _table.Find(Series(Page - 1)));
        Assert.Equal(-1, _table.Find(Series(Page)));
        Assert.Equal(3 * Page, _table.End);
        for (int number = Page; number < 2 * Page; number++)
        {
            Assert.Equal(number, _table.Add(Series(10_000 + number)));
            Assert.True(_table[number].Generation > generations[number]);
        }

        Assert.Equal(3, _table.PagesHeld);
        Assert.Equal(3 * Page, _table.Add(Series(0, "more")));
    }

    [Fact]
    public void A_page_stays_while_a_view_can_see_a_slot_of_it()
    {
        for (int i = 0; i < Page; i++)
        {
            _table.Add(Series(i));
        }

        ViewPin pin = _reclaimer.Pin(1, long.MinValue, ViewParts.Empty, 0);
        for (int number = 0; number < Page; number++)
        {
            _table.Remove(number);
        }

        Assert.Equal(1, _table.PagesHeld);
        pin.Release();
        _reclaimer.Refresh();
        Assert.Equal(0, _table.PagesHeld);
    }

    // A chunk file names the series that was in a slot before; the log puts series where it had them.
    [Fact]
    public void What_the_log_and_chunk_files_say_of_a_page_that_was_let_go_holds()
    {
        for (int i = 0; i < Page; i++)
        {
            _table.Add(Series(i));
        }

        for (int number = 0; number < Page; number++)
        {
            _table.Remove(number);
        }

        _table.NoteGeneration(3, 7);
        Assert.Equal(0, _table.PagesHeld);
        _table.AddAt(5, 9, Series(5, "again"));
        Assert.Equal(1, _table.PagesHeld);
        Assert.True(_table.Holds(5, Series(5, "again")));
        Assert.Equal(9, _table[5].Generation);
        Assert.Equal([0, 1, 2, 3, 4, 6], Enumerable.Range(0, 6).Select(i => _table.Add(Series(i, "new"))));
        Assert.True(_table[3].Generation > 7);
    }

    [Fact]
    public void Where_no_series_was_there_is_no_page()
    {
        _table.NoteGeneration(Page + 3, 7);
        _table.AddAt(5 * Page, 2, Series(1));
        Assert.Equal(1, _table.PagesHeld);
        Assert.Equal((5 * Page) + 1, _table.End);
        Assert.False(_table.Holds(Page + 3));
        Assert.Equal([.. Enumerable.Range(0, Page + 4)], Enumerable.Range(0, Page + 4).Select(i => _table.Add(Series(i, "new"))));
        Assert.True(_table[Page + 3].Generation > 7);
        Assert.Equal(3, _table.PagesHeld);
    }

    // It stands for pages of all shards.
    [Fact]
    public void What_stands_where_there_is_no_page_is_not_handed_out_to_be_changed()
    {
        _table.AddAt(Page, 1, Series(1));
        Assert.Throws<InvalidOperationException>(() => _table.Held(0).Total = 1);
        Assert.Throws<InvalidOperationException>(() => _table.Remove(0));
        _table.Held(Page).Total = 1;
        _table.Remove(Page);
        Assert.Throws<InvalidOperationException>(() => _table.Held(Page).Total = 1);
        Assert.Equal(0, _table[Page].Total);
        Assert.Equal(SeriesSlot.NotYet, _table[Page].CreatedSeq);
    }

    private static Labels Series(int number, string metric = "m") => Labels.From(("__name__", metric), ("id", $"{number}"));

    private void GiveBack(Reclaimed kind, int number, byte pieceClass)
    {
        if (kind == Reclaimed.Slot)
        {
            _table.Free(number);
        }
    }
}
