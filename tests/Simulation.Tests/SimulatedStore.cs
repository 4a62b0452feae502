using Pleiad.Kernel;

namespace Pleiad.Simulation.Tests;

/// <summary>The store as one node reaches it: requests and answers travel, get lost, come late; and it may be away.</summary>
internal sealed class SimulatedStore(SimulatedWorld world, SimulatedNode node) : IFencedJournal
{
    public async ValueTask<T> AskAsync<T>(Func<IClusterStore, ValueTask<T>> ask)
    {
        await node.GateAsync();
        await world.LatencyAsync();
        if (world.StoreIsAway || node.IsCutFromStore)
        {
            await world.LatencyAsync();
            await node.GateAsync();
            throw new ClusterStoreException("the store is away");
        }

        if (world.StoreDelay > TimeSpan.Zero)
        {
            await world.PauseAsync(world.StoreDelay * world.Chance.NextDouble());
        }

        T answer = await ask(world.Store);
        await world.LatencyAsync();
        await node.GateAsync();
        if (world.Chance.NextDouble() < world.StoreFaults)
        {
            throw new ClusterStoreException("the answer was lost");
        }

        return answer;
    }

    public async ValueTask<JournalVerdict[]> AppendAsync(IReadOnlyList<JournalRun> runs)
    {
        if (world.Chance.NextDouble() < world.StoreFaults)
        {
            // The connection is given up, the commit comes when it comes.
            world.Spawn(async () =>
            {
                await world.PauseAsync(TimeSpan.FromSeconds(5 * world.Chance.NextDouble()));
                if (!world.StoreIsAway)
                {
                    await world.Store.Journal.AppendAsync(runs);
                }
            });
            await node.GateAsync();
            return Indeterminate(runs);
        }

        try
        {
            return await AskAsync(store => store.Journal.AppendAsync(runs));
        }
        catch (ClusterStoreException)
        {
            return Indeterminate(runs);
        }
    }

    public ValueTask<JournalSettlement> SettleAsync(JournalRun run, CancellationToken cancel) => AskAsync(store => store.Journal.SettleAsync(run, cancel));

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(int shard, long afterSeq, int recordsMax, CancellationToken cancel) =>
        AskAsync(store => store.Journal.ReadAsync(shard, afterSeq, recordsMax, cancel));

    public ValueTask<bool> TrimAsync(CancellationToken cancel) => AskAsync(store => store.Journal.TrimAsync(cancel));

    private static JournalVerdict[] Indeterminate(IReadOnlyList<JournalRun> runs)
    {
        var verdicts = new JournalVerdict[runs.Count];
        Array.Fill(verdicts, JournalVerdict.Indeterminate);
        return verdicts;
    }
}
