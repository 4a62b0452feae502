using Pleiad.Kernel;

namespace Pleiad.Simulation.Tests;

/// <summary>The spool as the journal of one node uses it: its own disk, and the copies that can be reached, by the rules of the real one.</summary>
internal sealed class SimulatedSpool(SimulatedWorld world, SimulatedNode node) : IReplicaSpool
{
    public bool TakesMore => true;

    public bool Holds(int shard) => node.Disk.Chain(shard).Count > 0;

    public ReadOnlyMemory<byte> Read(int shard, long seq)
    {
        SpooledValue[] found = [.. node.Disk.Chain(shard).Where(kept => kept.Seq == seq)];
        return found.Length == 1 ? BitConverter.GetBytes(found[0].Payload) : throw new IOException("not in the spool");
    }

    public void Release(int shard, long throughSeq)
    {
        if (!node.HasEnded)
        {
            node.Disk.Release(shard, throughSeq);
        }
    }

    public IReadOnlyList<Task<bool>> Keep(IReadOnlyList<SpoolRun> runs)
    {
        Task<bool[]> all = KeepAsync(runs);
        return [.. runs.Select((_, i) => OneOfAsync(all, i))];
    }

    private static async Task<bool> OneOfAsync(Task<bool[]> all, int index) => (await all)[index];

    private async Task<bool[]> KeepAsync(IReadOnlyList<SpoolRun> runs)
    {
        await world.LatencyAsync();
        await node.GateAsync();
        var kept = new bool[runs.Count];
        for (int i = 0; i < runs.Count; i++)
        {
            SpoolRun run = runs[i];
            if (node.HasEnded || world.Chance.NextDouble() < world.DiskFaults || node.IsFenced(run.Run.Shard, run.Run.Epoch) || !node.Disk.GoesOnWith(run.Run.Shard, run.Run.FirstSeq, run.HashBefore))
            {
                continue;
            }

            node.Disk.Append(run.Run.Shard, SpooledValue.Of(run));
            world.KeptCount++;
            foreach (SimulatedNode copy in world.Nodes.Where(other => !other.HasEnded && other != node && node.Copies(run.Run.Shard).Contains(other.Name)).ToArray())
            {
                kept[i] |= await KeepWithAsync(copy, run);
            }

            await node.GateAsync();
        }

        return kept;
    }

    private async Task<bool> KeepWithAsync(SimulatedNode copy, SpoolRun run)
    {
        if (!world.Arrives(node, copy))
        {
            return false;
        }

        await world.LatencyAsync();
        await copy.GateAsync();
        if (copy.HasEnded || world.Chance.NextDouble() < world.DiskFaults)
        {
            return false;
        }

        // It is sent what it lacks in the same journey.
        bool isKept = copy.Keep(run, [.. node.Disk.Chain(run.Run.Shard).Where(kept => kept.Seq < run.Run.FirstSeq), .. SpooledValue.Of(run)]);
        await world.LatencyAsync();
        return isKept && world.Arrives(copy, node);
    }
}
