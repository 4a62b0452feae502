using System.Buffers;

namespace Pleiad.Model;

/// <summary>
/// The samples of one series as columns, in order of time: what a <see cref="SeriesCursor"/> reads into and operators work on.
/// Reused from series to series; grows as needed; buffers are pooled.
/// </summary>
public sealed class SampleColumns : IDisposable
{
    private long[] _times = [];
    private double[] _values = [];
    private NativeHistogram?[]? _histograms;
    private long[]? _startTimes;

    /// <summary>Samples held.</summary>
    public int Count { get; private set; }

    /// <summary>Milliseconds since the epoch, strictly ascending.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>Values, stale markers included; 0 where the sample is a histogram.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>Whether any sample is a native histogram.</summary>
    public bool HasHistograms { get; private set; }

    /// <summary>The histogram of each sample, null for floats; empty where no sample is one.</summary>
    public ReadOnlySpan<NativeHistogram?> Histograms => HasHistograms ? _histograms.AsSpan(0, Count) : [];

    /// <summary>Whether any sample has a start timestamp.</summary>
    public bool HasStartTimes { get; private set; }

    /// <summary>Start timestamps in milliseconds, 0 for none; empty where no sample has one.</summary>
    public ReadOnlySpan<long> StartTimes => HasStartTimes ? _startTimes.AsSpan(0, Count) : [];

    /// <summary>What limits count the samples as: one each, a native histogram more.</summary>
    public long Weight => HasHistograms ? WeightOf(0, Count) : Count;

    /// <summary>What limits count the samples from one up to, not including, another as.</summary>
    public long WeightOf(int first, int behind)
    {
        long weight = behind - first;
        for (int i = first; HasHistograms && i < behind; i++)
        {
            weight += _histograms![i] is { } histogram ? histogram.SampleWeight - 1 : 0;
        }

        return weight;
    }

    /// <summary>Forgets all samples, keeps the buffers.</summary>
    public void Clear()
    {
        if (HasHistograms)
        {
            Array.Clear(_histograms!, 0, Count);
        }

        Count = 0;
        HasHistograms = false;
        HasStartTimes = false;
    }

    /// <summary>Room for more float samples to be written in place; call <see cref="Advance"/> with how many were.</summary>
    /// <param name="room">Samples about to be added.</param>
    /// <param name="times">At least <paramref name="room"/> long.</param>
    /// <param name="values">At least <paramref name="room"/> long.</param>
    public void Reserve(int room, out Span<long> times, out Span<double> values)
    {
        EnsureCapacity(Count + room);
        times = _times.AsSpan(Count);
        values = _values.AsSpan(Count);
    }

    /// <summary>Counts samples written through <see cref="Reserve"/>.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Count + count, _times.Length);
        if (HasHistograms)
        {
            Array.Clear(_histograms!, Count, count);
        }

        if (HasStartTimes)
        {
            Array.Clear(_startTimes!, Count, count);
        }

        Count += count;
    }

    /// <summary>Adds a float sample.</summary>
    public void Add(long timeMs, double value)
    {
        EnsureCapacity(Count + 1);
        _times[Count] = timeMs;
        _values[Count] = value;
        Advance(1);
    }

    /// <summary>Adds a native histogram sample.</summary>
    public void Add(long timeMs, NativeHistogram histogram)
    {
        Add(timeMs, 0.0);
        if (!HasHistograms)
        {
            if (_histograms is null || _histograms.Length < _times.Length)
            {
                Resize(ref _histograms, _times.Length, 0);
            }

            Array.Clear(_histograms!, 0, Count);
            HasHistograms = true;
        }

        _histograms![Count - 1] = histogram;
    }

    /// <summary>Gives the sample added last a start timestamp, in milliseconds since the epoch.</summary>
    public void SetStartTime(long startMs)
    {
        if (!HasStartTimes)
        {
            if (_startTimes is null || _startTimes.Length < _times.Length)
            {
                Resize(ref _startTimes, _times.Length, 0);
            }

            Array.Clear(_startTimes!, 0, Count);
            HasStartTimes = true;
        }

        _startTimes![Count - 1] = startMs;
    }

    /// <summary>Puts another native histogram in the place of one.</summary>
    /// <param name="index">Of a sample that is a histogram.</param>
    /// <param name="histogram">The new one, at the same time.</param>
    public void Replace(int index, NativeHistogram histogram)
    {
        if (!HasHistograms || Histograms[index] is null)
        {
            throw new ArgumentException("the sample is not a histogram", nameof(index));
        }

        _histograms![index] = histogram;
    }

    /// <summary>Drops samples from the front: those at or before a time.</summary>
    public void DropThrough(long timeMs)
    {
        int gone = 0;
        while (gone < Count && _times[gone] <= timeMs)
        {
            gone++;
        }

        if (gone == 0)
        {
            return;
        }

        int left = Count - gone;
        Array.Copy(_times, gone, _times, 0, left);
        Array.Copy(_values, gone, _values, 0, left);
        if (HasHistograms)
        {
            Array.Copy(_histograms!, gone, _histograms!, 0, left);
            Array.Clear(_histograms!, left, gone);
        }

        if (HasStartTimes)
        {
            Array.Copy(_startTimes!, gone, _startTimes!, 0, left);
        }

        Count = left;
    }

    /// <summary>Drops the samples between two times, both included, those before an index left alone.</summary>
    /// <param name="first">The first sample that may go.</param>
    /// <param name="fromMs">Milliseconds.</param>
    /// <param name="throughMs">Milliseconds.</param>
    public void DropWithin(int first, long fromMs, long throughMs)
    {
        int start = first + FirstAtOrAfter(_times.AsSpan(first, Count - first), fromMs);
        int end = throughMs == long.MaxValue ? Count : start + FirstAtOrAfter(_times.AsSpan(start, Count - start), throughMs + 1);
        int left = Count - end;
        if (end <= start)
        {
            return;
        }

        Array.Copy(_times, end, _times, start, left);
        Array.Copy(_values, end, _values, start, left);
        if (HasHistograms)
        {
            Array.Copy(_histograms!, end, _histograms!, start, left);
            Array.Clear(_histograms!, start + left, end - start);
        }

        if (HasStartTimes)
        {
            Array.Copy(_startTimes!, end, _startTimes!, start, left);
        }

        Count = start + left;
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        Clear();
        Give(ref _times);
        Give(ref _values);
        if (_histograms is not null)
        {
            ArrayPool<NativeHistogram?>.Shared.Return(_histograms, clearArray: true);
            _histograms = null;
        }

        if (_startTimes is not null)
        {
            ArrayPool<long>.Shared.Return(_startTimes);
            _startTimes = null;
        }
    }

    private static int FirstAtOrAfter(ReadOnlySpan<long> times, long timeMs)
    {
        int found = times.BinarySearch(timeMs);
        return found < 0 ? ~found : found;
    }

    private static void Give<T>(ref T[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<T>.Shared.Return(array);
            array = [];
        }
    }

    private static void Resize<T>(ref T[]? array, int length, int kept)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(length);
        if (array is not null)
        {
            Array.Copy(array, larger, kept);
            if (array.Length > 0)
            {
                ArrayPool<T>.Shared.Return(array, clearArray: true);
            }
        }

        array = larger;
    }

    private void EnsureCapacity(int needed)
    {
        if (needed <= _times.Length && needed <= _values.Length)
        {
            return;
        }

        int length = Math.Max(needed, Math.Max(128, Count * 2));
        long[]? times = _times;
        double[]? values = _values;
        Resize(ref times, length, Count);
        Resize(ref values, length, Count);
        _times = times!;
        _values = values!;
        if (HasHistograms)
        {
            Resize(ref _histograms, Math.Max(_times.Length, _values.Length), Count);
        }

        if (HasStartTimes)
        {
            Resize(ref _startTimes, Math.Max(_times.Length, _values.Length), Count);
        }
    }
}
