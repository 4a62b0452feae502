using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Which samples a selector or subquery reads at a step: offset, <c>@</c>, range and lookback, all resolved to milliseconds.</summary>
/// <param name="OffsetMs">Looks this far back; negative looks ahead.</param>
/// <param name="AtMs">The instant of <c>@</c>, the same for every step; null for the step's own.</param>
/// <param name="RangeMs">Length of the range; 0 for an instant selector.</param>
/// <param name="LookbackMs">How old the sample of an instant selector may be; what anchored and smoothed look beyond the edges.</param>
/// <param name="Mode">Plain, anchored or smoothed.</param>
internal readonly record struct SelectorWindow(long OffsetMs, long? AtMs, long RangeMs, long LookbackMs, WindowMode Mode)
{
    /// <summary>The right edge, inside.</summary>
    public long EndAt(long step) => (AtMs ?? step) - OffsetMs;

    /// <summary>The left edge, outside.</summary>
    public long StartAt(long step) => EndAt(step) - RangeMs;

    /// <summary>Samples read at a step: the range, and what the mode looks at beyond it.</summary>
    public TimeRange ReadsAt(long step)
    {
        long end = EndAt(step);
        long before = RangeMs == 0 || Mode != WindowMode.Plain ? LookbackMs : 0;
        return new TimeRange(end - RangeMs - before, Mode == WindowMode.Smoothed ? end + LookbackMs : end);
    }

    /// <summary>Samples read over all steps.</summary>
    public TimeRange ReadsOver(Steps steps) => new(ReadsAt(steps.Start).After, ReadsAt(steps.End).Through);

    /// <inheritdoc/>
    public override string ToString()
    {
        string text = RangeMs > 0 ? $"[{RangeMs}ms]" : $"lookback {LookbackMs}ms";
        text += Mode switch { WindowMode.Anchored => " anchored", WindowMode.Smoothed => " smoothed", _ => string.Empty };
        text += OffsetMs != 0 ? $" offset {OffsetMs}ms" : string.Empty;
        return AtMs is { } at ? $"{text} @ {at}ms" : text;
    }
}
