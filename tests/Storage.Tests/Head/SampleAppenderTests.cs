namespace Pleiad.Storage.Tests;

public sealed class SampleAppenderTests
{
    [Fact]
    public void A_full_piece_at_the_end_of_an_array_has_nothing_behind_it_to_be_fetched()
    {
        const int last = ushort.MaxValue;
        var arena = new ByteArena();
        var appender = new SampleAppender(arena, new Reclaimer(static (_, _, _) => { }));
        while (arena.Allocate(0) != last - 1)
        {
        }

        // Time, start and length take a byte each: with them it is as long as the smallest piece.
        SeriesSlot slot = default;
        appender.Append(0, ref slot, 1, new byte[13], hash: 1, start: 0);
        Assert.Equal(last, slot.OpenAt);
        Assert.Equal(ByteArena.CapacityOf(slot.OpenClass) * 8, slot.OpenBits);
        appender.FetchAhead(in slot);
        appender.Append(0, ref slot, 2, new byte[13], hash: 1, start: 0);
        appender.FetchAhead(in slot);
        Assert.Equal(2, slot.OpenCount);
    }

    [Fact]
    public void Once_blocks_have_what_was_sealed_the_list_of_it_is_small_again()
    {
        var arena = new ByteArena();
        var appender = new SampleAppender(arena, new Reclaimer((_, handle, pieceClass) => arena.Free(handle, pieceClass)));
        SeriesSlot slot = default;
        const int chunks = 16 * SampleAppender.SpareOfSealed;
        for (int i = 0; i < chunks; i++)
        {
            appender.Append(i, ref slot, i, (ulong)i);
            appender.Seal(i, ref slot);
        }

        Assert.InRange(appender.UnsavedRoom, chunks, 2 * chunks);
        appender.ForgetUnsaved(static chunk => chunk.Slot < chunks / 2);
        Assert.InRange(appender.UnsavedRoom, chunks, 2 * chunks);
        appender.ForgetUnsaved(static chunk => chunk.Slot < chunks - 3000);
        Assert.Equal((3000, 6000), (appender.UnsavedCount, appender.UnsavedRoom));
        appender.ForgetUnsaved(static _ => true);
        Assert.Equal((0, SampleAppender.SpareOfSealed), (appender.UnsavedCount, appender.UnsavedRoom));
    }
}
