using System.Globalization;

namespace Pleiad.Node;

/// <summary>What an export has left out because OpenMetrics text has no words for it.</summary>
/// <param name="Histograms">Native histograms.</param>
/// <param name="HistogramSeries">Of how many series.</param>
/// <param name="Markers">Stale markers: the series ends there, and a reader takes it to go on for five minutes.</param>
/// <param name="MarkedSeries">Of how many series.</param>
internal readonly record struct ExportLosses(long Histograms, long HistogramSeries, long Markers, long MarkedSeries)
{
    /// <summary>With those of one more series.</summary>
    public ExportLosses Plus(long histograms, long markers) => new(
        Histograms + histograms, HistogramSeries + (histograms > 0 ? 1 : 0), Markers + markers, MarkedSeries + (markers > 0 ? 1 : 0));

    /// <summary>One line for each kind; none where nothing was left out.</summary>
    public IEnumerable<string> Lines()
    {
        if (Histograms > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"left out: {Histograms:N0} native histograms of {HistogramSeries:N0} series, for which OpenMetrics text has no words: export blocks has");
        }

        if (Markers > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"left out: {Markers:N0} stale markers of {MarkedSeries:N0} series, for which OpenMetrics text has no words: where it is imported a series ends five minutes later");
        }
    }
}
