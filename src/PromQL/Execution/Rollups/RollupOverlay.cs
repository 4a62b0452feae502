using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Puts what rollups say in the place of what samples say, at the steps where samples are gone or not wanted.</summary>
internal sealed class RollupOverlay(RollupSelect rollup, SelectorWindow window, Steps steps, string function)
{
    private readonly long _length = rollup.LengthOf(window);
    private readonly long _range = window.RangeMs > 0 ? window.RangeMs : window.LookbackMs;
    private bool _isTold;

    /// <summary>Changes the result of a series.</summary>
    /// <param name="buckets">What rollups say of it.</param>
    /// <param name="into">What samples say of it.</param>
    /// <param name="annotations">Told once that rollups were used.</param>
    /// <param name="span">Where the expression stands.</param>
    public void Apply(RollupColumns buckets, SeriesBlock into, Annotations annotations, SourceSpan span)
    {
        ReadOnlySpan<long> ends = buckets.Ends;
        int first = 0;
        int behind = 0;
        for (int step = 0; step < steps.Count; step++)
        {
            long end = rollup.EndAt(window, steps.At(step));
            while (behind < ends.Length && ends[behind] <= end)
            {
                behind++;
            }

            while (first < behind && ends[first] <= end - _length)
            {
                first++;
            }

            // As long as all samples of the window are there, they say it, unless rollups are preferred.
            if (!rollup.Prefers && (first == behind || ends[first] > buckets.AloneThrough))
            {
                continue;
            }

            StepBits.Unset(into.Present, step);
            if (first < behind && RollupFunctions.Of(function, buckets, new RollupWindow(first, behind, end, _length, _range)) is { } value)
            {
                into.Set(step, value);
                if (!_isTold)
                {
                    _isTold = true;
                    annotations.RollupsUsed(rollup.ResolutionMs, rollup.Prefers, span);
                }
            }
        }
    }
}
