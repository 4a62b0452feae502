using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>One step of a histogram that series notation raises or lowers: <c>{{…}}+{{…}}x5</c>.</summary>
internal static class HistogramSteps
{
    /// <summary>The sum or difference; the step may have a finer schema, not a coarser one.</summary>
    /// <exception cref="ScriptSyntaxException">The two do not go together.</exception>
    public static NativeHistogram Combine(NativeHistogram from, NativeHistogram step, bool subtract)
    {
        NativeHistogram combined = from;
        bool fits = from.Schema <= step.Schema
            && (subtract
                ? NativeHistogram.TrySubtract(from, step, out combined, out _)
                : NativeHistogram.TryAdd(from, step, out combined, out _));
        return fits
            ? combined
            : throw new ScriptSyntaxException(0, $"error combining histograms: cannot merge from schema {step.Schema} to {from.Schema}");
    }
}
