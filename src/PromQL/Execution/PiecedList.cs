using System.Collections;
using System.Numerics;

namespace Pleiad.PromQL;

/// <summary>
/// A list that grows by pieces and copies nothing but its first few elements: one that doubles holds the old half and the new whole at once, which for a
/// million elements is the memory of a small node.
/// </summary>
internal sealed class PiecedList<T> : IReadOnlyList<T>
{
    private const int PieceBits = 10;
    private const int Piece = 1 << PieceBits;
    private const int FirstPiece = 4;

    private T[][] _pieces = [];
    private int _piecesUsed;

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _pieces[index >> PieceBits][index & (Piece - 1)];
        }
    }

    /// <summary>Adds an element.</summary>
    public void Add(T element)
    {
        int at = Count & (Piece - 1);
        if (at == 0)
        {
            if (_piecesUsed == _pieces.Length)
            {
                Array.Resize(ref _pieces, Math.Max(1, 2 * _pieces.Length));
            }

            _pieces[_piecesUsed++] = new T[Count == 0 ? FirstPiece : Piece];
        }
        else if (Count < Piece && BitOperations.IsPow2(Count) && Count >= FirstPiece)
        {
            Array.Resize(ref _pieces[0], 2 * Count);
        }

        _pieces[_piecesUsed - 1][at] = element;
        Count++;
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
