using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pleiad.Model;

/// <summary>
/// Samples on their way into one shard, as columns: row i is <c>Series[i]</c>, <c>Times[i]</c>, <c>Values[i]</c>,
/// and for a native histogram <c>Histograms[i]</c> (its value column is then unused).
/// Made by one writer, handed over once, disposed by whoever holds it last; buffers are pooled.
/// </summary>
/// <remarks>Exactly one owner: after <see cref="HandOver"/> the old reference is empty and refuses use.</remarks>
public sealed class SampleBatch : IDisposable
{
    private const int RowsAtFirst = 256;

    private SeriesKey[] _series;
    private long[] _times;
    private double[] _values;
    private NativeHistogram?[]? _histograms;
    private long[]? _startTimes;
    private List<(SeriesKey Series, Exemplar Exemplar)>? _exemplars;
    private bool _gone;

    /// <summary>An empty batch for one shard.</summary>
    /// <param name="shard">Where every row belongs.</param>
    /// <param name="rows">Rows expected; more are taken as needed.</param>
    public SampleBatch(ShardId shard, int rows = RowsAtFirst)
    {
        Shard = shard;
        int first = Math.Max(rows, 16);
        _series = ArrayPool<SeriesKey>.Shared.Rent(first);
        _times = ArrayPool<long>.Shared.Rent(first);
        _values = ArrayPool<double>.Shared.Rent(first);
    }

    private SampleBatch(SampleBatch from)
    {
        Shard = from.Shard;
        Count = from.Count;
        WasAcknowledged = from.WasAcknowledged;
        _series = from._series;
        _times = from._times;
        _values = from._values;
        _histograms = from._histograms;
        _startTimes = from._startTimes;
        _exemplars = from._exemplars;
    }

    /// <summary>The shard every row belongs to.</summary>
    public ShardId Shard { get; }

    /// <summary>Whether its samples were acknowledged once and are written again: they are taken although they come late.</summary>
    public bool WasAcknowledged { get; init; }

    /// <summary>Rows.</summary>
    public int Count { get; private set; }

    /// <summary>The series of each row.</summary>
    public ReadOnlySpan<SeriesKey> Series => _series.AsSpan(0, Live(Count));

    /// <summary>Milliseconds since the epoch of each row.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Live(Count));

    /// <summary>The value of each row; any bits, stale markers included.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Live(Count));

    /// <summary>Whether any row is a native histogram.</summary>
    public bool HasHistograms => _histograms is not null;

    /// <summary>The histogram of each row, null for floats; empty where no row is one.</summary>
    public ReadOnlySpan<NativeHistogram?> Histograms => _histograms is null ? [] : _histograms.AsSpan(0, Live(Count));

    /// <summary>Start timestamps in milliseconds, 0 for none; empty where no row has one.</summary>
    public ReadOnlySpan<long> StartTimes => _startTimes is null ? [] : _startTimes.AsSpan(0, Live(Count));

    /// <summary>Exemplars with the series each belongs to.</summary>
    public IReadOnlyList<(SeriesKey Series, Exemplar Exemplar)> Exemplars => _exemplars ?? (IReadOnlyList<(SeriesKey, Exemplar)>)[];

    /// <summary>Adds a float sample.</summary>
    public void Add(SeriesKey series, long timeMs, double value)
    {
        int row = Live(Count);
        if (row == _series.Length || row == _times.Length || row == _values.Length)
        {
            Grow();
        }

        // As `_series[row] = series`, without the check for arrays of subclasses, which would wait for the key's memory. There are none here.
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_series), row) = series;
        _times[row] = timeMs;
        _values[row] = value;
        Count = row + 1;
        if (_histograms is not null || _startTimes is not null)
        {
            ClearExtras(row);
        }
    }

    /// <summary>Adds a native histogram sample.</summary>
    public void Add(SeriesKey series, long timeMs, NativeHistogram histogram)
    {
        Add(series, timeMs, 0.0);
        _histograms ??= RentCleared<NativeHistogram?>(_series.Length);
        _histograms[Count - 1] = histogram;
    }

    /// <summary>Gives the row added last a start timestamp, in milliseconds since the epoch.</summary>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public void SetStartTime(long startMs)
    {
        int row = LastRow();
        _startTimes ??= RentCleared<long>(_series.Length);
        _startTimes[row] = startMs;
    }

    /// <summary>Adds an exemplar of the series of the row added last.</summary>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public void AddExemplar(Exemplar exemplar) => AddExemplar(_series[LastRow()], exemplar);

    /// <summary>Adds an exemplar of a series, which need not have a row.</summary>
    public void AddExemplar(SeriesKey series, Exemplar exemplar)
    {
        ObjectDisposedException.ThrowIf(_gone, this);
        (_exemplars ??= []).Add((series, exemplar));
    }

    /// <summary>Passes the buffers to a new owner; this reference may no longer be used.</summary>
    public SampleBatch HandOver()
    {
        ObjectDisposedException.ThrowIf(_gone, this);
        var next = new SampleBatch(this);
        _gone = true;
        Count = 0;
        return next;
    }

    /// <summary>Gives the buffers back. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_gone)
        {
            return;
        }

        _gone = true;
        Array.Clear(_series, 0, Count);
        ArrayPool<SeriesKey>.Shared.Return(_series);
        ArrayPool<long>.Shared.Return(_times);
        ArrayPool<double>.Shared.Return(_values);
        if (_histograms is not null)
        {
            ArrayPool<NativeHistogram?>.Shared.Return(_histograms, clearArray: true);
        }

        if (_startTimes is not null)
        {
            ArrayPool<long>.Shared.Return(_startTimes);
        }
    }

    private static T[] RentCleared<T>(int length)
    {
        T[] array = ArrayPool<T>.Shared.Rent(length);
        Array.Clear(array);
        return array;
    }

    private static void Grow<T>(ref T[] array, int rows, int length)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(length);
        Array.Copy(array, larger, rows);
        Array.Clear(larger, rows, larger.Length - rows);
        Array.Clear(array, 0, rows);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }

    private int Live(int value)
    {
        ObjectDisposedException.ThrowIf(_gone, this);
        return value;
    }

    private int LastRow() => Live(Count) > 0 ? Count - 1 : throw new InvalidOperationException("the batch has no row yet");

    private void Grow()
    {
        int length = Count * 2;
        Grow(ref _series, Count, length);
        Grow(ref _times, Count, length);
        Grow(ref _values, Count, length);
        Debug.Assert(_series.Length > Count, "there is room for one more row");
    }

    private void ClearExtras(int row)
    {
        if (_histograms is not null)
        {
            if (row >= _histograms.Length)
            {
                Grow(ref _histograms, row, row * 2);
            }

            _histograms[row] = null;
        }

        if (_startTimes is not null)
        {
            if (row >= _startTimes.Length)
            {
                Grow(ref _startTimes, row, row * 2);
            }

            _startTimes[row] = 0;
        }
    }
}
