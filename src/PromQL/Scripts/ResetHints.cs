using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Which counter reset hint a stored histogram comes back with.</summary>
/// <remarks>
/// Prometheus keeps one hint a chunk: samples behind the first of a counter chunk are known to be no reset, of the first nothing is
/// known, and a reset begins a new chunk (native histogram specification, "Counter resets"; issue 15346 there).
/// </remarks>
internal static class ResetHints
{
    /// <summary>The histogram as it is read back.</summary>
    /// <param name="before">The sample before as it is read back; null where there is none or it is a number.</param>
    /// <param name="written">The sample as written.</param>
    public static NativeHistogram AsStored(NativeHistogram? before, NativeHistogram written)
    {
        if (written.ResetHint == CounterResetHint.Gauge || written.IsStale)
        {
            return written;
        }

        bool continues = written.ResetHint != CounterResetHint.Reset
            && before is { IsStale: false }
            && before.ResetHint != CounterResetHint.Gauge
            && Continues(before, written);
        return written.WithHint(continues ? CounterResetHint.NotReset : CounterResetHint.Unknown);
    }

    private static bool Continues(NativeHistogram before, NativeHistogram now) =>
        now.Schema == before.Schema
        && now.ZeroThreshold.Equals(before.ZeroThreshold)
        && now.CustomBounds.AsSpan().SequenceEqual(before.CustomBounds)
        && !now.WithHint(CounterResetHint.Unknown).IsResetAfter(before);
}
