using Pleiad.Kernel;

namespace Pleiad.Persistence.Tests;

/// <summary>A journal whose answers get lost: before the commit, after it, or so that the commit comes late.</summary>
internal sealed class FlakyJournal(IFencedJournal inner, Random chance, double faultShare) : IFencedJournal
{
    private readonly List<IReadOnlyList<JournalRun>> _late = [];

    public int Faults { get; private set; }

    public int Appends { get; private set; }

    public async ValueTask<JournalVerdict[]> AppendAsync(IReadOnlyList<JournalRun> runs)
    {
        Appends++;
        Assert.Equal(runs.Count, runs.Select(run => run.Shard).Distinct().Count());
        if (chance.NextDouble() >= faultShare)
        {
            await ArriveLateAsync();
            return await inner.AppendAsync(runs);
        }

        Faults++;
        switch (chance.Next(3))
        {
            case 0:
                break;
            case 1:
                await inner.AppendAsync(runs);
                break;
            default:
                _late.Add(runs);
                break;
        }

        var lost = new JournalVerdict[runs.Count];
        Array.Fill(lost, JournalVerdict.Indeterminate);
        return lost;
    }

    public async ValueTask<JournalSettlement> SettleAsync(JournalRun run, CancellationToken cancel)
    {
        if (chance.NextDouble() < faultShare)
        {
            Faults++;
            throw new ClusterStoreException("away");
        }

        if (chance.Next(2) == 0)
        {
            await ArriveLateAsync();
        }

        return await inner.SettleAsync(run, cancel);
    }

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(int shard, long afterSeq, int recordsMax, CancellationToken cancel) =>
        inner.ReadAsync(shard, afterSeq, recordsMax, cancel);

    public ValueTask<bool> TrimAsync(CancellationToken cancel) => inner.TrimAsync(cancel);

    private async Task ArriveLateAsync()
    {
        foreach (IReadOnlyList<JournalRun> runs in _late)
        {
            await inner.AppendAsync(runs);
        }

        _late.Clear();
    }
}
