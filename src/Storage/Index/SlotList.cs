using System.Buffers;

namespace Pleiad.Storage;

/// <summary>Slots found by a plan, ascending: either a posting list as it stood, or a pooled array of our own.</summary>
internal sealed class SlotList : IDisposable
{
    private int[] _array;
    private readonly int _start;
    private readonly int _count;
    private readonly bool _pooled;

    private SlotList(int[] array, int start, int count, bool pooled)
    {
        _array = array;
        _start = start;
        _count = count;
        _pooled = pooled;
    }

    /// <summary>The slots.</summary>
    public ReadOnlySpan<int> Slots => _array.AsSpan(_start, _count);

    /// <summary>No slot.</summary>
    public static SlotList Empty() => new([], 0, 0, false);

    /// <summary>A posting list as it stands now.</summary>
    public static SlotList OfPostings(int[] list) => new(list, 1, Volatile.Read(ref list[0]), false);

    /// <summary>Takes over an array from the shared pool.</summary>
    public static SlotList OfPooled(int[] array, int count) => new(array, 0, count, true);

    /// <summary>One slot.</summary>
    public static SlotList Of(int slot) => new([slot], 0, 1, false);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pooled && _array.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_array);
        }

        _array = [];
    }
}
