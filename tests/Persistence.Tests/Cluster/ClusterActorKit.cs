using Pleiad.Kernel;

namespace Pleiad.Persistence.Tests;

/// <summary>Three nodes with real actors and sockets over each store.</summary>
public abstract class ClusterActorKit(IStoreMaker stores) : StoreKit(stores)
{
    private const int Shards = 12;

    [SkippableFact]
    public async Task Nodes_share_the_shards_and_when_one_dies_the_others_lead_them_with_everything_in_them()
    {
        await using IClusterStore store = await StoreAsync(Shards);
        var board = new LeadBoard();
        await using var a = new RunningNode("a", 1, store, board);
        await using var b = new RunningNode("b", 2, store, board);
        await using var c = new RunningNode("c", 3, store, board);
        RunningNode[] nodes = [a, b, c];
        await board.UntilAsync(leads => leads.Count == Shards && leads.Values.Distinct().Count() == 3 && leads.Values.CountBy(node => node).All(node => node.Value == 4));
        ClusterStatus status = await a.StatusAsync();
        Assert.Equal(["a", "b", "c"], status.View.Alive.Select(member => member.Name).Order());
        Assert.Equal(4, status.Leading.Length);

        await WriteAllAsync(board, nodes, 1);
        await c.DisposeAsync();
        await board.UntilAsync(leads => leads.Count == Shards && !leads.Values.Contains("c"));
        await WriteAllAsync(board, nodes, 2);
        for (int shard = 0; shard < Shards; shard++)
        {
            Assert.Equal([1L, 2L], (await store.Journal.ReadAsync(shard, 0, 10, Never)).Select(record => BitConverter.ToInt64(record.Payload.Span)));
        }
    }

    [SkippableFact]
    public async Task Who_leaves_hands_its_shards_over_first()
    {
        await using IClusterStore store = await StoreAsync(Shards);
        var board = new LeadBoard();
        await using var a = new RunningNode("a", 1, store, board);
        await using var b = new RunningNode("b", 2, store, board);
        await board.UntilAsync(leads => leads.Count == Shards && leads.Values.Distinct().Count() == 2);
        await WriteAllAsync(board, [a, b], 1);
        b.Leave();
        await board.UntilAsync(leads => leads.Count == Shards && leads.Values.All(node => node == "a"));
        await WriteAllAsync(board, [a, b], 2);
        Assert.All(await store.Ownership.ReadAllAsync(Never), row => Assert.Equal(3, row.NextSeq));
    }

    // A shard that is just being handed over refuses; then its next leader is written to.
    private static async Task WriteAllAsync(LeadBoard board, RunningNode[] nodes, long value)
    {
        for (int shard = 0; shard < Shards; shard++)
        {
            string? refused = null;
            bool written = false;
            while (!written)
            {
                string leader = "";
                await board.UntilAsync(leads => leads.TryGetValue(shard, out leader!) && leader != refused);
                written = await nodes.First(node => node.Name == leader).WriteAsync(shard, value);
                refused = leader;
            }
        }
    }
}

public sealed class MemoryClusterActorTests(MemoryStores stores) : ClusterActorKit(stores), IClassFixture<MemoryStores>;

[Collection(PostgresCollection.Name)]
public sealed class PostgresClusterActorTests(PostgresStores stores) : ClusterActorKit(stores);
