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
