namespace Pleiad.Storage.Tests;

public sealed class GroupRoomTests
{
    private readonly GroupRoom _room = new();

    [Theory]
    [InlineData(0, GroupRoom.BytesMin)]
    [InlineData(GroupRoom.BytesMin + 1, 2 * GroupRoom.BytesMin)]
    [InlineData(GroupRoom.BytesMax, GroupRoom.BytesMax)]
    [InlineData(GroupRoom.BytesMax + 1, GroupRoom.BytesMax)]
    [InlineData(int.MaxValue, GroupRoom.BytesMax)]
    public void A_group_finds_room_for_another_one_like_it(int bytes, int kept)
    {
        _room.Wrote(bytes);
        Assert.Equal(kept, _room.BytesKept);
    }

    [Fact]
    public void What_a_burst_needed_is_given_up_once_groups_have_been_small_for_a_while()
    {
        _room.Wrote(3_000_000);
        Write(GroupRoom.GroupsOfLook - 1);
        Assert.Equal(4 << 20, _room.BytesKept);
        Write(GroupRoom.GroupsOfLook - 1);
        Assert.Equal(4 << 20, _room.BytesKept);
        Write(1);
        Assert.Equal(256 * 1024, _room.BytesKept);
    }

    private void Write(int groups)
    {
        for (int i = 0; i < groups; i++)
        {
            _room.Wrote(200_000);
        }
    }
}
