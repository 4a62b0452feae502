using System.Numerics;

namespace Pleiad.Storage;

/// <summary>
/// Memory of one shard in pieces of a few sizes, cut out of large arrays without references: a million series cost the
/// collector nothing. One writer allocates and frees; readers may read pieces that a pinned view can see.
/// </summary>
/// <remarks>
/// A piece is named by a handle: number of the array and the unit of 16 bytes in it; 0 names none. Pieces up to 2 KiB lie in runs of their size
/// (<see cref="PieceRuns"/>), in arrays of their own; larger ones are cut off one after the other.
/// </remarks>
internal sealed class ByteArena
{
    /// <summary>The largest piece.</summary>
    public const int PieceBytesMax = 256 * 1024;

    /// <summary>An array has so many units: two to this power.</summary>
    public const int SlabShift = 14;

    private const int UnitBytes = 16;
    private const int UnitShift = 4;
    private const int UnitsInSlab = 1 << SlabShift;
    private const int SlabBytes = UnitsInSlab * UnitBytes;
    private const int SlabsMax = 1 << 17;

    // 16, 32, 48, 64, 96, 128, 192, 256, 384, ...: two sizes for each power of two wastes a sixth on average.
    private static readonly int[] s_units = Sizes();
    private static readonly byte[] s_classOfSmall = ClassesOfSmall();

    private readonly PieceRuns _runs = new(s_units.Length);
    private readonly FreeList[] _free = new FreeList[s_units.Length];
    private byte[][] _slabs = [];
    private int _slabCount;

    // The array that large pieces are cut from, and where it goes on.
    private int _cutSlab;
    private int _nextUnit = UnitsInSlab;

    /// <summary>Bytes handed out, rounded up to piece sizes.</summary>
    public long BytesUsed { get; private set; }

    /// <summary>Bytes of all arrays.</summary>
    public long BytesReserved => (long)_slabCount * SlabBytes;

    /// <summary>Bytes a piece of a class holds.</summary>
    public static int CapacityOf(byte pieceClass) => s_units[pieceClass] * UnitBytes;

    /// <summary>The smallest class that holds so many bytes.</summary>
    public static byte ClassFor(int bytes)
    {
        int units = Math.Max(1, (bytes + UnitBytes - 1) >> UnitShift);
        if (units < s_classOfSmall.Length)
        {
            return s_classOfSmall[units];
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, PieceBytesMax);
        int found = Array.BinarySearch(s_units, units);
        return (byte)(found >= 0 ? found : ~found);
    }

    /// <summary>A piece, all zero.</summary>
    public int Allocate(byte pieceClass)
    {
        int units = s_units[pieceClass];
        BytesUsed += units * UnitBytes;
        int handle = units <= PieceRuns.UnitsMax ? TakeFromRun(pieceClass, units) : _free[pieceClass].TryPop(out int free) ? free : Cut(units);
        Span(handle, units * UnitBytes).Clear();
        return handle;
    }

    /// <summary>Takes a piece back. Only when no view can still read it: see <see cref="Reclaimer"/>.</summary>
    public void Free(int handle, byte pieceClass)
    {
        int units = s_units[pieceClass];
        BytesUsed -= units * UnitBytes;
        if (units <= PieceRuns.UnitsMax)
        {
            _runs.Give(handle, pieceClass, units);
        }
        else
        {
            _free[pieceClass].Push(handle);
        }
    }

    /// <summary>The first bytes of a piece.</summary>
    public Span<byte> Span(int handle, int length) =>
        Volatile.Read(ref _slabs)[handle >>> SlabShift].AsSpan((handle & (UnitsInSlab - 1)) << UnitShift, length);

    /// <summary>One byte of a piece. The writer's alone.</summary>
    public ref readonly byte Byte(int handle, int at) => ref _slabs[handle >>> SlabShift][((handle & (UnitsInSlab - 1)) << UnitShift) + at];

    private static int[] Sizes()
    {
        var units = new List<int> { 1, 2, 3 };
        for (int two = 4; two * UnitBytes <= PieceBytesMax; two *= 2)
        {
            units.Add(two);
            if (two * 3 / 2 * UnitBytes <= PieceBytesMax)
            {
                units.Add(two * 3 / 2);
            }
        }

        return [.. units];
    }

    private static byte[] ClassesOfSmall()
    {
        var classes = new byte[65];
        int at = 0;
        for (int units = 1; units < classes.Length; units++)
        {
            if (s_units[at] < units)
            {
                at++;
            }

            classes[units] = (byte)at;
        }

        return classes;
    }

    private int TakeFromRun(byte pieceClass, int units)
    {
        int handle;
        while (!_runs.TryTake(pieceClass, units, out handle))
        {
            _runs.Add(AddSlab());
        }

        return handle;
    }

    private int Cut(int units)
    {
        // The largest piece of all fills an array, and does not fit into the first one.
        while (_nextUnit + units > UnitsInSlab)
        {
            KeepRest();
            _cutSlab = AddSlab();

            // Unit 0 of the first array is never given out: its handle would be 0.
            _nextUnit = _cutSlab == 0 ? 1 : 0;
        }

        int handle = (_cutSlab << SlabShift) | _nextUnit;
        _nextUnit += units;
        return handle;
    }

    private int AddSlab()
    {
        if (_slabCount == SlabsMax)
        {
            throw new InvalidOperationException($"a shard may hold {(long)SlabsMax * SlabBytes} bytes");
        }

        if (_slabCount == _slabs.Length)
        {
            var larger = new byte[Math.Max(4, _slabCount * 2)][];
            Array.Copy(_slabs, larger, _slabCount);
            Volatile.Write(ref _slabs, larger);
        }

        _slabs[_slabCount] = GC.AllocateUninitializedArray<byte>(SlabBytes);
        return _slabCount++;
    }

    // What is left at the end of an array becomes free large pieces rather than waste.
    private void KeepRest()
    {
        for (int i = s_units.Length - 1; s_units[i] > PieceRuns.UnitsMax;)
        {
            if (_nextUnit + s_units[i] <= UnitsInSlab)
            {
                _free[i].Push((_cutSlab << SlabShift) | _nextUnit);
                _nextUnit += s_units[i];
            }
            else
            {
                i--;
            }
        }
    }

    private struct FreeList
    {
        private int[]? _handles;
        private int _count;

        public void Push(int handle)
        {
            _handles ??= new int[16];
            if (_count == _handles.Length)
            {
                Array.Resize(ref _handles, (int)BitOperations.RoundUpToPowerOf2((uint)_count + 1));
            }

            _handles[_count++] = handle;
        }

        public bool TryPop(out int handle)
        {
            if (_count == 0)
            {
                handle = 0;
                return false;
            }

            handle = _handles![--_count];
            return true;
        }
    }
}
