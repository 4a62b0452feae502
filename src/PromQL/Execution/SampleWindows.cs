using System.Buffers;

namespace Pleiad.PromQL;

/// <summary>For each step the samples its window holds, as places in the columns of a series: from <c>First</c> up to, not including, <c>Behind</c>.</summary>
internal sealed class SampleWindows : IDisposable
{
    private readonly Steps _steps;
    private readonly long[] _after;
    private readonly long[] _through;
    private int[] _first;
    private int[] _behind;
    private long[] _times = [];
    private int _count = -1;

    public SampleWindows(Steps steps, SelectorWindow window)
    {
        _steps = steps;
        _first = ArrayPool<int>.Shared.Rent(steps.Count);
        _behind = ArrayPool<int>.Shared.Rent(steps.Count);
        _after = new long[steps.Count];
        _through = new long[steps.Count];
        for (int step = 0; step < steps.Count; step++)
        {
            Model.TimeRange reads = window.ReadsAt(steps.At(step));
            _after[step] = reads.After;
            _through[step] = reads.Through;
        }
    }

    public ReadOnlySpan<int> First => _first.AsSpan(0, _steps.Count);

    public ReadOnlySpan<int> Behind => _behind.AsSpan(0, _steps.Count);

    /// <summary>Samples in all windows together.</summary>
    public long Touched { get; private set; }

    /// <summary>Grows with each series whose samples lie at other times than those of the one before: what depends on times alone is still right while it stays.</summary>
    public long Layout { get; private set; }

    /// <summary>Slides over the times of a series once. Series of one target have the same times: then nothing is to be done.</summary>
    public void Slide(ReadOnlySpan<long> times)
    {
        if (times.Length == _count && times.SequenceEqual(_times.AsSpan(0, _count)))
        {
            return;
        }

        Layout++;
        _count = times.Length;
        if (_times.Length < _count)
        {
            _times = new long[Math.Max(_count, 2 * _times.Length)];
        }

        times.CopyTo(_times);
        int first = 0;
        int behind = 0;
        long touched = 0;
        for (int step = 0; step < _steps.Count; step++)
        {
            long through = _through[step];
            while (behind < times.Length && times[behind] <= through)
            {
                behind++;
            }

            long after = _after[step];
            while (first < behind && times[first] <= after)
            {
                first++;
            }

            _first[step] = first;
            _behind[step] = behind;
            touched += behind - first;
        }

        Touched = touched;
    }

    public void Dispose()
    {
        if (_first.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_first);
            ArrayPool<int>.Shared.Return(_behind);
            _first = [];
            _behind = [];
        }
    }
}
