using System.Runtime.CompilerServices;

namespace Pleiad.Exposition;

/// <summary>Values behind one another in a few arrays: an array for each would have the collector copy them all again and again. They go when nobody has their block any more.</summary>
internal sealed class Blocks<T>
    where T : unmanaged
{
    // From the first block to the size that the collector does not move.
    private const int FirstBytes = 4 * 1024;
    private const int BlockBytes = 128 * 1024;

    private T[] _block = [];
    private int _used;

    /// <summary>Keeps values.</summary>
    /// <returns>Where.</returns>
    public (T[] Block, int At) Keep(ReadOnlySpan<T> values)
    {
        if (values.Length > _block.Length - _used)
        {
            int size = Unsafe.SizeOf<T>();
            _block = GC.AllocateUninitializedArray<T>(Math.Max(Math.Clamp(_block.Length * 2, FirstBytes / size, BlockBytes / size), values.Length));
            _used = 0;
        }

        int at = _used;
        values.CopyTo(_block.AsSpan(at));
        _used += values.Length;
        return (_block, at);
    }
}
