using Pleiad.Actors;
using Xunit;

namespace Pleiad.Node.Tests;

public sealed class RoomForReplayTests
{
    private const long MiB = 1 << 20;
    private readonly Gauge _gauge = new();
    private readonly RoomForReplay _room;
    private long _allocated;

    public RoomForReplayTests() => _room = new RoomForReplay(_gauge, () => _allocated);

    [Fact]
    public void Nothing_is_collected_while_there_is_room()
    {
        _gauge.Used = 358 * MiB;
        Allocate(2000);
        Assert.Equal(0, _gauge.Collections);
    }

    [Fact]
    public void Garbage_is_collected_as_soon_as_memory_is_short_and_again_when_a_sixteenth_of_the_limit_was_allocated()
    {
        _gauge.Used = 100 * MiB;
        Allocate(100);
        _gauge.Used = 359 * MiB;
        Allocate(1);
        Assert.Equal(1, _gauge.Collections);
        Allocate(31);
        Assert.Equal(1, _gauge.Collections);
        Allocate(1);
        Assert.Equal(2, _gauge.Collections);
        Allocate(320);
        Assert.Equal(12, _gauge.Collections);
    }

    [Fact]
    public void What_a_collection_gave_back_is_enough_for_a_while()
    {
        _gauge.Used = 500 * MiB;
        _gauge.After = 200 * MiB;
        Allocate(2000);
        Assert.Equal(1, _gauge.Collections);
    }

    private void Allocate(int mebibytes)
    {
        for (int i = 0; i < mebibytes; i++)
        {
            _allocated += MiB;
            _room.Make();
        }
    }

    private sealed class Gauge : IMemoryGauge
    {
        public long Used { get; set; }

        public long? After { get; set; }

        public int Collections { get; private set; }

        public long LimitBytes => 512 * MiB;

        public long UsedBytes() => Used;

        public void Collect()
        {
            Collections++;
            Used = After ?? Used;
        }
    }
}
