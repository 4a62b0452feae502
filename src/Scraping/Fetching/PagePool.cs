using System.Numerics;

namespace Pleiad.Scraping;

/// <summary>Arrays for pages that are not large, kept from one page to the next. Thread-safe.</summary>
/// <remarks>
/// The pool of the process keeps one for each thread and more, and one of <see cref="System.Buffers.ArrayPool{T}.Create(int, int)"/> hands out arrays of twice the size when many
/// are in use at once and keeps all of them for ever: the first pages of many targets come at the same time, later ones do not, and of pages of 100 KB some
/// 12 to 20 MB were kept, of which few were ever in use again. Here arrays that were not needed for a while are left to the collector.
/// </remarks>
public sealed class PagePool
{
    /// <summary>Where nothing else is said.</summary>
    public const int KeptOfSizeDefault = 32;

    /// <summary>Up to here arrays are pooled.</summary>
    internal const int BytesMax = 1024 * 1024;

    /// <summary>Times an array of any size is given back, after which those of every size are let go that lay there all the while.</summary>
    internal const int ReturnsOfLook = 1024;

    /// <summary>The pool of whoever says nothing else.</summary>
    public static readonly PagePool Default = new(KeptOfSizeDefault);

    private const int BytesMin = 16 * 1024;

    private readonly Shelf[] _shelves;
    private uint _returns;

    /// <param name="keptOfSize">Arrays of each size (16 KiB, 32 KiB and so on) that are kept; further ones are left to the collector.</param>
    public PagePool(int keptOfSize)
    {
        _shelves = new Shelf[ShelfOf(BytesMax) + 1];
        for (int i = 0; i < _shelves.Length; i++)
        {
            _shelves[i] = new Shelf(BytesMin << i, keptOfSize);
        }
    }

    /// <summary>An array of at least so many bytes.</summary>
    /// <param name="bytes">At most <see cref="BytesMax"/>.</param>
    internal byte[] Rent(int bytes) => _shelves[ShelfOf(bytes)].Take();

    /// <summary>Takes one back.</summary>
    internal void Return(byte[] array)
    {
        _shelves[ShelfOf(array.Length)].Give(array);

        // Not of each size by itself: of one that is not used any more nothing is ever given back.
        if (Interlocked.Increment(ref _returns) % ReturnsOfLook == 0)
        {
            foreach (Shelf shelf in _shelves)
            {
                shelf.LetGo();
            }
        }
    }

    private static int ShelfOf(int bytes) => Math.Max(0, BitOperations.Log2((uint)(bytes - 1)) + 1 - BitOperations.Log2(BytesMin));

    /// <summary>The arrays of one size.</summary>
    private sealed class Shelf(int bytes, int most)
    {
        private readonly Lock _lock = new();
        private readonly byte[]?[] _arrays = new byte[most][];
        private int _count;
        private int _fewest;

        public byte[] Take()
        {
            lock (_lock)
            {
                if (_count > 0)
                {
                    byte[] array = _arrays[--_count]!;
                    _arrays[_count] = null;
                    _fewest = Math.Min(_fewest, _count);
                    return array;
                }
            }

            return GC.AllocateUninitializedArray<byte>(bytes);
        }

        public void Give(byte[] array)
        {
            lock (_lock)
            {
                if (_count < _arrays.Length)
                {
                    _arrays[_count++] = array;
                }
            }
        }

        // The last one given back is the first one taken: those at the bottom are the ones nobody needed.
        public void LetGo()
        {
            lock (_lock)
            {
                Array.Copy(_arrays, _fewest, _arrays, 0, _count - _fewest);
                Array.Clear(_arrays, _count - _fewest, _fewest);
                _count -= _fewest;
                _fewest = _count;
            }
        }
    }
}
