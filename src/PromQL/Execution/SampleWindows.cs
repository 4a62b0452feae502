using System.Buffers;

namespace Pleiad.PromQL;

/// <summary>For each step the samples its window holds, as places in the columns of a series: from <c>First</c> up to, not including, <c>Behind</c>.</summary>
internal sealed class SampleWindows : IDisposable
{
    private readonly Steps _steps;
    private readonly SelectorWindow _window;
    private int[] _first;
    private int[] _behind;

    public SampleWindows(Steps steps, SelectorWindow window)
    {
        _steps = steps;
        _window = window;
        _first = ArrayPool<int>.Shared.Rent(steps.Count);
        _behind = ArrayPool<int>.Shared.Rent(steps.Count);
    }

    public ReadOnlySpan<int> First => _first.AsSpan(0, _steps.Count);

    public ReadOnlySpan<int> Behind => _behind.AsSpan(0, _steps.Count);

    /// <summary>Samples in all windows together.</summary>
    public long Touched { get; private set; }

    /// <summary>Slides over the times of a series once.</summary>
    public void Slide(ReadOnlySpan<long> times)
    {
        int first = 0;
        int behind = 0;
        long touched = 0;
        for (int step = 0; step < _steps.Count; step++)
        {
            Model.TimeRange reads = _window.ReadsAt(_steps.At(step));
            while (behind < times.Length && times[behind] <= reads.Through)
            {
                behind++;
            }

            while (first < behind && times[first] <= reads.After)
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
