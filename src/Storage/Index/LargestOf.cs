namespace Pleiad.Storage;

/// <summary>The largest of many: holds no more than it is to give.</summary>
/// <param name="count">How many.</param>
/// <param name="order">What comes first is the largest.</param>
public sealed class LargestOf<T>(int count, IComparer<T> order)
{
    // The last of those held is in front. They are only priorities: as elements too they would take twice the room, which for a thousand and more is an array
    // among the large objects, whose garbage lies for long.
    private readonly PriorityQueue<byte, T> _held = new(Comparer<T>.Create((left, right) => order.Compare(right, left)));

    /// <summary>Looks at one more.</summary>
    public void Add(T item)
    {
        if (_held.Count < count)
        {
            _held.Enqueue(0, item);
        }
        else if (count > 0)
        {
            _held.EnqueueDequeue(0, item);
        }
    }

    /// <summary>The largest first. Empty afterwards.</summary>
    public IReadOnlyList<T> Take()
    {
        var taken = new T[_held.Count];
        for (int i = taken.Length - 1; i >= 0; i--)
        {
            _held.TryDequeue(out _, out taken[i]!);
        }

        return taken;
    }
}
