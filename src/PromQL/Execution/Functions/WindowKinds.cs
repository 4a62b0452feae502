using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Whether a window holds floats, native histograms, or both.</summary>
internal static class WindowKinds
{
    /// <summary>How many of the samples are histograms; 0 for a series that has none at all.</summary>
    /// <param name="histograms">The column of the whole series; empty where it has none.</param>
    /// <param name="first">The window's first sample.</param>
    /// <param name="count">Samples in the window.</param>
    public static int HistogramsIn(ReadOnlySpan<NativeHistogram?> histograms, int first, int count)
    {
        if (histograms.IsEmpty)
        {
            return 0;
        }

        int found = 0;
        foreach (NativeHistogram? histogram in histograms.Slice(first, count))
        {
            found += histogram is null ? 0 : 1;
        }

        return found;
    }
}
