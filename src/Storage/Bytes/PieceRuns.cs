using System.Diagnostics;
using System.Numerics;

namespace Pleiad.Storage;

/// <summary>
/// Which small pieces of an arena are free. Pieces of one size lie in runs; a run whose pieces have all come back serves any size again. Series that
/// grow alike give up the same size at about the same time: without that, what they leave behind would be of use to nobody until they start anew.
/// </summary>
/// <remarks>Keeps numbers only and touches no byte of a piece: what was given back stays readable until it is taken again.</remarks>
internal sealed class PieceRuns(int classes)
{
    /// <summary>Units of the largest piece that lies in a run.</summary>
    public const int UnitsMax = 128;

    private const int RunShift = 9;
    private const int RunUnits = 1 << RunShift;
    private const int RunsShift = ByteArena.SlabShift - RunShift;
    private const int RunsInSlab = 1 << RunsShift;
    private const int WordsOfRun = RunUnits / 64;
    private const int None = -1;

    // The first run of each class that has a free piece; the others hang on it.
    private readonly int[] _open = [.. Enumerable.Repeat(None, classes)];
    private readonly Stack<int> _empty = new();
    private Slab?[] _slabs = [];

    /// <summary>Takes a piece.</summary>
    /// <param name="pieceClass">Its class.</param>
    /// <param name="units">Units of a piece of this class, at most <see cref="UnitsMax"/>.</param>
    /// <param name="handle">Its name.</param>
    /// <returns>False where another slab has to be added first.</returns>
    public bool TryTake(byte pieceClass, int units, out int handle)
    {
        handle = 0;
        int number = _open[pieceClass];
        if (number == None)
        {
            if (!_empty.TryPop(out number))
            {
                return false;
            }

            Begin(number, pieceClass, units);
        }

        ref Run run = ref At(number);
        Span<ulong> free = FreeOf(number);
        int word = 0;
        while (free[word] == 0)
        {
            word++;
        }

        int piece = (word * 64) + BitOperations.TrailingZeroCount(free[word]);
        free[word] &= free[word] - 1;
        run.Used++;
        if (run.Used == run.Pieces)
        {
            Unlink(pieceClass, ref run);
        }

        handle = (number << RunShift) + (piece * units);
        return true;
    }

    /// <summary>Takes a piece back.</summary>
    public void Give(int handle, byte pieceClass, int units)
    {
        int number = handle >>> RunShift;
        int piece = (handle & (RunUnits - 1)) / units;
        ref Run run = ref At(number);
        ref ulong word = ref FreeOf(number)[piece >> 6];
        ulong bit = 1UL << (piece & 63);
        Debug.Assert((word & bit) == 0, "a piece was given back twice");
        word |= bit;
        if (run.Used == run.Pieces)
        {
            Link(pieceClass, number, ref run);
        }

        run.Used--;
        if (run.Used == 0)
        {
            Unlink(pieceClass, ref run);
            _empty.Push(number);
        }
    }

    /// <summary>A slab all of whose runs are free.</summary>
    public void Add(int slab)
    {
        if (slab >= _slabs.Length)
        {
            Array.Resize(ref _slabs, Math.Max(slab + 1, _slabs.Length * 2));
        }

        _slabs[slab] = new Slab();
        for (int i = RunsInSlab - 1; i >= 0; i--)
        {
            _empty.Push((slab << RunsShift) + i);
        }
    }

    private ref Run At(int number) => ref _slabs[number >> RunsShift]!.Runs[number & (RunsInSlab - 1)];

    private Span<ulong> FreeOf(int number) => _slabs[number >> RunsShift]!.Free.AsSpan((number & (RunsInSlab - 1)) * WordsOfRun, WordsOfRun);

    private void Begin(int number, byte pieceClass, int units)
    {
        ref Run run = ref At(number);
        run = new Run { Pieces = RunUnits / units };
        Span<ulong> free = FreeOf(number);
        free.Clear();
        free[..(run.Pieces >> 6)].Fill(ulong.MaxValue);
        if ((run.Pieces & 63) != 0)
        {
            free[run.Pieces >> 6] = (1UL << (run.Pieces & 63)) - 1;
        }

        if (number == 0)
        {
            // The first piece of all is never given out: its handle would be 0.
            free[0] &= ~1UL;
            run.Used = 1;
        }

        Link(pieceClass, number, ref run);
    }

    private void Link(byte pieceClass, int number, ref Run run)
    {
        int next = _open[pieceClass];
        run.Previous = None;
        run.Next = next;
        if (next != None)
        {
            At(next).Previous = number;
        }

        _open[pieceClass] = number;
    }

    private void Unlink(byte pieceClass, ref Run run)
    {
        if (run.Previous == None)
        {
            _open[pieceClass] = run.Next;
        }
        else
        {
            At(run.Previous).Next = run.Next;
        }

        if (run.Next != None)
        {
            At(run.Next).Previous = run.Previous;
        }
    }

    private struct Run
    {
        public int Pieces;
        public int Used;
        public int Previous;
        public int Next;
    }

    private sealed class Slab
    {
        public readonly Run[] Runs = new Run[RunsInSlab];
        public readonly ulong[] Free = new ulong[RunsInSlab * WordsOfRun];
    }
}
