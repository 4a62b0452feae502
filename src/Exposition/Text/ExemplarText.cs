using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>An exemplar as a line has it; read only where somebody wants it.</summary>
internal readonly ref struct ExemplarText(ReadOnlySpan<byte> labels, double value, bool hasTime, long timeMs)
{
    // From behind the opening brace on.
    private readonly ReadOnlySpan<byte> _labels = labels;

    internal Exemplar Read(PageLimits limits) =>
        new(SeriesText.ReadExemplarLabels(_labels, limits), value, hasTime ? new Timestamp(timeMs) : null);
}
