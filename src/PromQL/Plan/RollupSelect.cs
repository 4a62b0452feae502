using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Which rollups a selector may read instead of samples.</summary>
/// <param name="ResolutionMs">Length of a bucket.</param>
/// <param name="Prefers">Whether also where samples are there.</param>
/// <param name="Columns">A bit for each column that will be read.</param>
internal sealed record RollupSelect(long ResolutionMs, bool Prefers, int Columns)
{
    /// <summary>The right edge of the window that is read instead: the last multiple of the resolution.</summary>
    public long EndAt(SelectorWindow window, long step) => RollupGrid.Floor(window.EndAt(step), ResolutionMs);

    /// <summary>Its length: whole buckets. Of an instant selector those that reach over its lookback.</summary>
    public long LengthOf(SelectorWindow window) => RollupGrid.Ceiling(window.RangeMs > 0 ? window.RangeMs : window.LookbackMs, ResolutionMs);

    /// <summary>What is asked of the storage.</summary>
    public RollupRequest RequestFor(SelectorWindow window, Steps steps) => new(
        ResolutionMs,
        new TimeRange(EndAt(window, steps.Start) - LengthOf(window), EndAt(window, steps.End)),
        Columns,
        Prefers);

    /// <summary>A resolution as people write it.</summary>
    public static string Words(long resolutionMs) => resolutionMs switch
    {
        _ when resolutionMs % 3_600_000 == 0 => $"{(resolutionMs / 3_600_000).ToString(CultureInfo.InvariantCulture)}h",
        _ when resolutionMs % 60_000 == 0 => $"{(resolutionMs / 60_000).ToString(CultureInfo.InvariantCulture)}m",
        _ => $"{(resolutionMs / 1000.0).ToString("R", CultureInfo.InvariantCulture)}s",
    };

    /// <inheritdoc/>
    public override string ToString() => $" or rollups of {Words(ResolutionMs)}{(Prefers ? " instead" : " where samples are gone")}";
}
