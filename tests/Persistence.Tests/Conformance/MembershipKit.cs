using Pleiad.Kernel;

namespace Pleiad.Persistence.Tests;

public abstract class MembershipKit(IStoreMaker stores) : StoreKit(stores)
{
    private static Member Node(NodeIncarnation incarnation, MemberStatus status = MemberStatus.Up) => new()
    {
        Incarnation = incarnation, Name = "node " + incarnation, Address = "10.0.0.1:9190", HttpAddress = "10.0.0.1:9090",
        Roles = ["store", "gateway"], Zone = "a", Weight = 1.5, FormatVersion = 2, Status = status, Accusers = [A, B],
    };

    [SkippableFact]
    public async Task The_first_view_is_empty_and_a_member_comes_back_as_it_was_written()
    {
        await using IClusterStore store = await StoreAsync();
        Assert.Equal(MembershipView.Empty, await store.Membership.ReadAsync(Never));
        MembershipView? view = await store.Membership.TryChangeAsync(0, [Node(B), Node(A)], Never);
        Assert.Equal(new MembershipView(1, [Node(A), Node(B)]), view);
        Assert.Equal(view, await store.Membership.ReadAsync(Never));
    }

    [SkippableFact]
    public async Task A_view_is_replaced_only_by_its_successor()
    {
        await using IClusterStore store = await StoreAsync();
        await store.Membership.TryChangeAsync(0, [Node(A)], Never);
        Assert.Null(await store.Membership.TryChangeAsync(0, [Node(B)], Never));
        Assert.Null(await store.Membership.TryChangeAsync(2, [Node(B)], Never));
        MembershipView? view = await store.Membership.TryChangeAsync(1, [Node(A, MemberStatus.Dead), Node(B)], Never);
        Assert.Equal([MemberStatus.Dead, MemberStatus.Up], view!.Members.Select(member => member.Status));
        view = await store.Membership.TryChangeAsync(2, [Node(A, MemberStatus.Removed)], Never);
        Assert.Equal(new MembershipView(3, [Node(B)]), view);
        Assert.Equal(view, await store.Membership.ReadAsync(Never));
    }

    [SkippableFact]
    public async Task Of_many_changes_of_one_view_one_is_made()
    {
        await using IClusterStore store = await StoreAsync();
        for (int round = 0; round < 10; round++)
        {
            MembershipView?[] views = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => Task.Run(
                async () => await store.Membership.TryChangeAsync(round, [Node(new NodeIncarnation(new Guid(i, (short)round, 0, new byte[8])))], Never))));
            Assert.Single(views, view => view is not null);
        }

        MembershipView last = await store.Membership.ReadAsync(Never);
        Assert.Equal((10L, 10), (last.Version, last.Members.Length));
    }
}
