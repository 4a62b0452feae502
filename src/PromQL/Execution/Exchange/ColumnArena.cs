namespace Pleiad.PromQL;

/// <summary>Runs of values one behind the other in pieces that grow with what is there: no run is copied twice, and few values cost little.</summary>
internal sealed class ColumnArena<T>
{
    private const int FirstPiece = 64;
    private const int PieceMax = 64 * 1024;

    private readonly List<T[]> _pieces = [];
    private int _used;

    /// <summary>Room for a run, to be written.</summary>
    /// <returns>Where it lies, for <see cref="Read"/>.</returns>
    public long Add(int count, out Span<T> run)
    {
        if (_pieces.Count == 0 || _pieces[^1].Length - _used < count)
        {
            int next = _pieces.Count == 0 ? FirstPiece : Math.Min(PieceMax, 2 * _pieces[^1].Length);
            _pieces.Add(new T[Math.Max(next, count)]);
            _used = 0;
        }

        long place = ((long)(_pieces.Count - 1) << 32) | (uint)_used;
        run = _pieces[^1].AsSpan(_used, count);
        _used += count;
        return place;
    }

    /// <summary>A run.</summary>
    public ReadOnlySpan<T> Read(long place, int count) => _pieces[(int)(place >> 32)].AsSpan((int)place, count);
}
