using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>What tombstones delete of a block that was written before them.</summary>
internal sealed class DeletedInBlock
{
    private readonly Dictionary<int, TimeSpans> _spansOfSeries = [];

    private DeletedInBlock(TombstoneList by) => By = by;

    /// <summary>The tombstones.</summary>
    public TombstoneList By { get; }

    /// <summary>Numbers of those that delete something of the block.</summary>
    public HashSet<long> Needed { get; } = [];

    /// <summary>What is deleted of a series; null where nothing is.</summary>
    public TimeSpans? Of(int series) => _spansOfSeries.GetValueOrDefault(series);

    /// <summary>Finds the series of a block that tombstones speak of.</summary>
    /// <exception cref="CorruptDataException">The index of the block makes no sense.</exception>
    public static DeletedInBlock Find(Block block, TombstoneList tombstones, CancellationToken cancel)
    {
        var deleted = new DeletedInBlock(tombstones);
        foreach (Tombstone tombstone in tombstones.NotAppliedTo(block))
        {
            using SlotList found = BlockMatching.Find(block, tombstone.Matchers, cancel);
            if (!found.Slots.IsEmpty)
            {
                deleted.Needed.Add(tombstone.Number);
            }

            // Most series have this one span alone: they share it.
            var span = new TimeSpans(tombstone.From, tombstone.Through);
            foreach (int series in found.Slots)
            {
                ref TimeSpans? spans = ref CollectionsMarshal.GetValueRefOrAddDefault(deleted._spansOfSeries, series, out _);
                spans = spans is null ? span : spans.With(tombstone.From, tombstone.Through);
            }
        }

        return deleted;
    }
}
