using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>A sample as tests compare and print it.</summary>
/// <param name="Labels">The series.</param>
/// <param name="Value">Unused where there is a histogram.</param>
/// <param name="Histogram">The histogram, if it is one.</param>
internal sealed record ShownSample(Labels Labels, double Value, NativeHistogram? Histogram) : IComparable<ShownSample>
{
    /// <summary>A sample as a test writes it.</summary>
    /// <exception cref="RuleTestException">It is not written as it should be.</exception>
    public static ShownSample Of(ExpectedSample written)
    {
        try
        {
            Labels labels = string.IsNullOrWhiteSpace(written.Labels) ? Labels.Empty : Parser.ParseMetric(written.Labels);
            if (written.Histogram.Length == 0)
            {
                return new ShownSample(labels, written.Value, null);
            }

            IReadOnlyList<ScriptValue> values = SeriesNotation.Values(" " + written.Histogram.Trim());
            return values.Count != 1 ? throw new ScriptSyntaxException(0, $"expected 1 value, got {values.Count}")
                : values[0].Histogram is { } histogram ? new ShownSample(labels, 0, histogram)
                : throw new ScriptSyntaxException(0, $"expected histogram, got {GoNumber.Shortest(values[0].Number)}");
        }
        catch (Exception e) when (e is QueryException or ScriptSyntaxException)
        {
            throw new RuleTestException($"labels {QuotedText.Of(written.Labels)}: {e.Message}");
        }
    }

    /// <summary>Samples in one line.</summary>
    public static string List(IReadOnlyList<ShownSample> samples) => samples.Count == 0 ? "nil" : string.Join(", ", samples);

    /// <summary>Whether another sample is the same; numbers may differ in their last bit where that is allowed.</summary>
    public bool IsSame(ShownSample other, bool fuzzy)
    {
        if (!Labels.Equals(other.Labels) || (Histogram is null) != (other.Histogram is null))
        {
            return false;
        }

        return Histogram is null
            ? Value == other.Value
                || (fuzzy && (Math.BitDecrement(Value) == other.Value || Math.BitIncrement(Value) == other.Value))
            : Histogram.NearlyEquals(other.Histogram!, 0) && Histogram.ResetHint == other.Histogram!.ResetHint;
    }

    /// <inheritdoc/>
    public int CompareTo(ShownSample? other) => Labels.CompareTo(other?.Labels);

    /// <inheritdoc/>
    public override string ToString() => $"{Labels} {(Histogram is null ? GoNumber.Format(Value, 'E', -1) : HistogramText.Of(Histogram))}";
}
