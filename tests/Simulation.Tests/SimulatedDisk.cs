using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Simulation.Tests;

/// <summary>What a node has on its disk beside its copies, for all of its lives: chains of records that were acknowledged before the journal had them, and values that are to be written again.</summary>
internal sealed class SimulatedDisk
{
    private readonly SortedDictionary<int, List<SpooledValue>> _chains = [];

    /// <summary>Values that were acknowledged, and that the journal does not have.</summary>
    public List<(int Shard, long Payload)> ToResubmit { get; } = [];

    public IReadOnlyList<int> Shards => [.. _chains.Keys];

    public IReadOnlyList<SpooledValue> Chain(int shard) => _chains.GetValueOrDefault(shard) ?? [];

    public bool GoesOnWith(int shard, long seq, long hashBefore) =>
        !_chains.TryGetValue(shard, out List<SpooledValue>? chain)
        || (seq == chain[^1].Seq + 1 && hashBefore == chain[^1].Hash)
        || chain.Exists(kept => kept.Seq == seq && kept.HashBefore == hashBefore);

    public void Append(int shard, IEnumerable<SpooledValue> values)
    {
        if (!_chains.TryGetValue(shard, out List<SpooledValue>? chain))
        {
            _chains.Add(shard, chain = []);
        }

        chain.AddRange(values.Where(value => chain.Count == 0 || value.Seq > chain[^1].Seq).ToArray());
        Assert.True(chain.Zip(chain.Skip(1)).All(static pair => pair.Second.Seq == pair.First.Seq + 1 && pair.Second.HashBefore == pair.First.Hash), "a chain has a gap");
        Assert.True(
            chain.TrueForAll(static kept => kept.Hash == (long)XxHash64.Of(BitConverter.GetBytes(kept.Payload), (ulong)kept.HashBefore)), "what is kept is not what was to be");
    }

    public void Release(int shard, long throughSeq)
    {
        if (_chains.TryGetValue(shard, out List<SpooledValue>? chain))
        {
            chain.RemoveAll(kept => kept.Seq <= throughSeq);
            if (chain.Count == 0)
            {
                _chains.Remove(shard);
            }
        }
    }

    /// <summary>A record is found damaged at a start: what is behind it cannot be applied. Another copy has both.</summary>
    public void Damage(int shard, long seq)
    {
        if (_chains.TryGetValue(shard, out List<SpooledValue>? chain))
        {
            chain.RemoveAll(kept => kept.Seq >= seq);
            if (chain.Count == 0)
            {
                _chains.Remove(shard);
            }
        }
    }

    /// <summary>The rest of a chain is not what the journal has: its values are written to it again.</summary>
    public void GiveUp(int shard)
    {
        ToResubmit.AddRange(Chain(shard).Select(kept => (shard, kept.Payload)));
        Release(shard, long.MaxValue);
    }

    public override string ToString() => string.Join(
        "; ", [.. _chains.Select(static of => $"shard {of.Key}: {string.Join(' ', of.Value.Select(static kept => $"{kept.Seq}@{kept.Epoch}"))}"), $"to write again: {string.Join(' ', ToResubmit)}"]);

    public bool Has(int shard, long payload) => Chain(shard).Any(kept => kept.Payload == payload) || ToResubmit.Contains((shard, payload));
}

internal readonly record struct SpooledValue(long Epoch, long Seq, long HashBefore, long Hash, long Payload)
{
    public static IEnumerable<SpooledValue> Of(SpoolRun run)
    {
        long before = run.HashBefore;
        for (int i = 0; i < run.Run.Payloads.Count; i++)
        {
            yield return new SpooledValue(run.Run.Epoch, run.Run.FirstSeq + i, before, run.Run.Hashes[i], BitConverter.ToInt64(run.Run.Payloads[i].Span));
            before = run.Run.Hashes[i];
        }
    }
}
