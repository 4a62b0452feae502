namespace Pleiad.Storage.Tests;

public sealed class ByteArenaTests
{
    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 3000)]
    [InlineData(3, ByteArena.PieceBytesMax)]
    public void Pieces_are_clear_and_nobody_elses_whatever_came_and_went(int seed, int bytesMax)
    {
        var random = new Random(seed);
        var arena = new ByteArena();
        var held = new List<(int Handle, byte Class, byte Mark)>();
        long used = 0;
        for (int i = 0; i < 60_000; i++)
        {
            // Now more come, now more go.
            if (held.Count > 0 && random.Next(100) < (i / 5000 % 2 == 0 ? 35 : 65))
            {
                int at = random.Next(held.Count);
                (int handle, byte given, byte mark) = held[at];
                Assert.Equal(-1, arena.Span(handle, ByteArena.CapacityOf(given)).IndexOfAnyExcept(mark));
                arena.Free(handle, given);
                used -= ByteArena.CapacityOf(given);
                held[at] = held[^1];
                held.RemoveAt(held.Count - 1);
            }
            else if (used < 64 << 20)
            {
                byte taken = ByteArena.ClassFor(1 + random.Next(random.Next(1, bytesMax)));
                int handle = arena.Allocate(taken);
                Assert.NotEqual(0, handle);
                Span<byte> piece = arena.Span(handle, ByteArena.CapacityOf(taken));
                Assert.Equal(-1, piece.IndexOfAnyExcept((byte)0));
                byte mark = (byte)(1 + random.Next(255));
                piece.Fill(mark);
                held.Add((handle, taken, mark));
                used += piece.Length;
            }
        }

        Assert.Equal(used, arena.BytesUsed);
        Assert.All(held, one => Assert.Equal(-1, arena.Span(one.Handle, ByteArena.CapacityOf(one.Class)).IndexOfAnyExcept(one.Mark)));
    }

    [Fact]
    public void The_largest_piece_is_there_in_a_new_arena_too_and_a_few_bytes_reserve_little()
    {
        var arena = new ByteArena();
        byte largest = ByteArena.ClassFor(ByteArena.PieceBytesMax);
        int[] handles = [arena.Allocate(largest), arena.Allocate(largest), arena.Allocate(ByteArena.ClassFor(3000))];
        Assert.Equal(3, handles.Distinct().Count());
        Assert.DoesNotContain(0, handles);
        Assert.Equal(-1, arena.Span(handles[0], ByteArena.PieceBytesMax).IndexOfAnyExcept((byte)0));
        Assert.InRange(arena.BytesReserved, 2 * ByteArena.PieceBytesMax, 3 * ByteArena.PieceBytesMax);

        var small = new ByteArena();
        small.Allocate(ByteArena.ClassFor(32));
        Assert.InRange(small.BytesReserved, 1, 256 * 1024);
    }

    [Fact]
    public void Series_that_grow_alike_leave_nothing_behind_that_others_cannot_use()
    {
        var arena = new ByteArena();
        int[] handles = new int[20_000];
        byte now = 0;
        for (byte next = 0; ByteArena.CapacityOf(next) <= 1024; next++)
        {
            for (int i = 0; i < handles.Length; i++)
            {
                int larger = arena.Allocate(next);
                if (handles[i] != 0)
                {
                    arena.Free(handles[i], now);
                }

                handles[i] = larger;
            }

            now = next;
        }

        Assert.Equal((long)handles.Length * ByteArena.CapacityOf(now), arena.BytesUsed);
        Assert.InRange(arena.BytesReserved, arena.BytesUsed, arena.BytesUsed * 5 / 4);
    }
}
