using System.Globalization;

namespace Pleiad.Simulation.Tests;

/// <content>Stores that are slow rather than away, spools that lose records, and shards that are to move while spools are drained.</content>
public sealed partial class ClusterSimulationTests
{
    [Theory]
    [MemberData(nameof(BatchNumbers))]
    public void What_slow_stores_damaged_spools_and_nodes_that_join_do_to_a_spool_loses_nothing(int batch)
    {
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("PLEIAD_SEEDS"), CultureInfo.InvariantCulture, out int asked) ? asked : 50;
        (int kept, int damaged) = (0, 0);
        foreach (int seed in Enumerable.Range(1, seeds).Where(seed => seed % Batches == batch))
        {
            (int keptNow, int damagedNow) = PlayDraining(2_000_000 + seed);
            kept += keptNow;
            damaged += damagedNow;
        }

        Assert.True(kept > 0);
        Assert.True(damaged > 0 || seeds < 50);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_shard_of_which_a_spool_has_records_is_led_on_until_the_journal_has_them_and_only_then_handed_over(int seed)
    {
        var world = new SimulatedWorld(seed, Shards);
        world.Play(() =>
        {
            Begin(world, nodes: 2);

            // Not the one that makes plans: cut off from the store it makes none.
            SimulatedNode owner = world.Find(world.Nodes[0].Members.View.Members[^1].Incarnation);
            int[] led = [.. owner.Region.Leading.Order()];
            long[] epochs = [.. world.Rows().Select(static row => row.Epoch)];

            // Whoever joins has to be known to all that live, so the owner is cut off behind that, and has records in its spool before there is another plan.
            SimulatedNode joins = world.Start("node-2");
            for (int i = 0; i < 100 && owner.Members.View.Find(joins.Incarnation) is null; i++)
            {
                world.Run(0.05);
            }

            joins.Pause(TimeSpan.FromSeconds(5));
            owner.IsCutFromStore = true;
            WriteToAll(world, led, rounds: 3);
            world.Run(15);
            int[] moving = [.. led.Where(shard => joins.Region.Plan!.Shards[shard].Leader == joins.Name)];
            Assert.NotEmpty(moving);

            // It is asked for them again and again, and what it says to that costs nobody a write.
            int asked = owner.AskedWhileItKeeps;
            int before = world.Acknowledged.Count;
            WriteToAll(world, moving, rounds: 20);
            Assert.True(owner.AskedWhileItKeeps > asked, "nobody asked for a shard");
            Assert.Equal(before + (20 * moving.Length), world.Acknowledged.Count);
            Assert.All(moving, shard => Assert.True(owner.LeadsNow(shard)));
            Assert.Equal(moving.Select(shard => epochs[shard]), moving.Select(shard => world.Rows()[shard].Epoch));

            owner.IsCutFromStore = false;
            world.Run(30);
            AssertLedAsPlanned(world);
            Assert.Equal(moving.Select(shard => epochs[shard] + 1), moving.Select(shard => world.Rows()[shard].Epoch));
            Assert.Equal(0, world.ResubmittedCount);
            world.CheckJournal();
            AssertAllInJournal(world);
        });
    }

    private static void WriteToAll(SimulatedWorld world, int[] shards, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            foreach (int shard in shards)
            {
                world.WriteTo(shard);
            }

            world.Run(1);
        }

        world.Run(5);
    }

    private static (int Kept, int Damaged) PlayDraining(int seed)
    {
        var world = new SimulatedWorld(seed, Shards);
        int damaged = 0;
        world.Play(() =>
        {
            Begin(world, nodes: 3);

            // One disk of those that have a record may be bad, and never more.
            string bad = $"node-{world.Chance.Next(3)}";
            for (int step = 0; step < 12; step++)
            {
                int store = world.Chance.Next(3);
                world.StoreIsAway = store == 0;
                world.StoreDelay = store == 1 ? TimeSpan.FromSeconds(world.Chance.Next(1, 5)) : TimeSpan.Zero;
                SimulatedNode any = world.Nodes[world.Chance.Next(world.Nodes.Count)];
                switch (world.Chance.Next(8))
                {
                    case 0:
                        any.Kill();
                        break;
                    case 1 when world.Living(any.Name) is null:
                        world.Start(any.Name);
                        break;
                    case 2:
                        any.IsCutFromStore = !any.IsCutFromStore;
                        break;
                    case 3 or 4:
                        world.Living(bad)?.Kill();
                        damaged += DamageOne(world, world.DiskOf(bad)) ? 1 : 0;
                        world.Start(bad);
                        break;
                    case 5 when world.Living("node-3") is null:
                        world.Start("node-3");
                        break;
                    case 6:
                        any.Pause(TimeSpan.FromSeconds(world.Chance.Next(1, 10)));
                        break;
                    default:
                        world.Heal();
                        break;
                }

                WriteAWhile(world);
            }

            AssertHeals(world);
        });
        return (world.KeptCount, damaged);
    }

    private static bool DamageOne(SimulatedWorld world, SimulatedDisk disk)
    {
        if (disk.Shards.Count == 0)
        {
            return false;
        }

        int shard = disk.Shards[world.Chance.Next(disk.Shards.Count)];
        IReadOnlyList<SpooledValue> chain = disk.Chain(shard);
        disk.Damage(shard, chain[world.Chance.Next(chain.Count)].Seq);
        return true;
    }
}
