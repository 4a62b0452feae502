using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <content>
/// Samples that came again while the first was still on its way into the log: their rows name a slot, which may go to no other series before
/// they are applied, whatever is deleted, sealed or too old by then.
/// </content>
public sealed partial class Shard
{
    private readonly Dictionary<int, int> _twinsUnderWay = [];
    private readonly List<int> _twins = [];

    // Series of which the head would have let go.
    private readonly List<BlockedSeries> _heldByTwins = [];

    // Nothing of the series is under way: it may leave the head.
    private bool IsIdle(int number, in SeriesSlot slot) =>
        slot.PreparedTime == slot.Tail.Time && !HasLate(number) && !IsHeldByTwin(number);

    private bool IsHeldByTwin(int number) => _twinsUnderWay.ContainsKey(number);

    private void NoteTwin(int number)
    {
        _twins.Add(number);
        CollectionsMarshal.GetValueRefOrAddDefault(_twinsUnderWay, number, out _)++;
    }

    private void ForgetTwins(PreparedBatch batch)
    {
        foreach (int number in batch.Twins)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_twinsUnderWay, number);
            if (--count == 0)
            {
                _twinsUnderWay.Remove(number);
            }
        }

        if (batch.Twins.Count > 0 && _heldByTwins.Count > 0)
        {
            LetGoOf([.. _heldByTwins]);
            _heldByTwins.Clear();
        }
    }
}
