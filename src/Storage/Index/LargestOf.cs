namespace Pleiad.Storage;

/// <summary>The largest of many: holds no more than it is to give.</summary>
/// <param name="count">How many.</param>
/// <param name="order">What comes first is the largest.</param>
public sealed class LargestOf<T>(int count, IComparer<T> order)
{
    // The last of those held is in front.
    private readonly PriorityQueue<T, T> _held = new(Comparer<T>.Create((left, right) => order.Compare(right, left)));

    /// <summary>Looks at one more.</summary>
    public void Add(T item)
    {
        if (_held.Count < count)
        {
            _held.Enqueue(item, item);
        }
        else if (count > 0)
        {
            _held.EnqueueDequeue(item, item);
        }
    }

    /// <summary>The largest first. Empty afterwards.</summary>
    public IReadOnlyList<T> Take()
    {
        var taken = new T[_held.Count];
        for (int i = taken.Length - 1; i >= 0; i--)
        {
            taken[i] = _held.Dequeue();
        }

        return taken;
    }
}
