using System.Globalization;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>
/// Brings a file of OpenMetrics into a data directory: read once to see that it is sound and how its samples lie in time, then once
/// for each part of time whose samples are held in memory together.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="storage">Where to.</param>
/// <param name="samplesMax">Samples held in memory at once.</param>
/// <param name="time">For refusing the future.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class OpenMetricsImport(string path, OfflineStorage storage, int samplesMax, TimeProvider time, ProgressLines progress)
{
    private readonly SeriesNumbers _series = new(storage.Map);

    /// <summary>Does it.</summary>
    /// <exception cref="BackfillException">The file cannot be read or is not what it should be; nothing is written then.</exception>
    /// <exception cref="IOException">A block could not be written; those before it are, and running it again goes on behind them.</exception>
    public BackfillReport Run(CancellationToken cancel)
    {
        var file = new OpenMetricsFile(path, _series);
        SortedDictionary<long, long> windows = Survey(file, out long oldest, out long newest, cancel);
        HistoryWritten written = default;
        IReadOnlyList<(long From, long Through)> parts = Parts(windows);
        for (int part = 0; part < parts.Count; part++)
        {
            written += WritePart(file, parts[part], (part, parts.Count), cancel);
        }

        return new BackfillReport(written, windows.Values.Sum(), _series.Count, oldest, newest);
    }

    // Samples in each window.
    private SortedDictionary<long, long> Survey(OpenMetricsFile file, out long oldest, out long newest, CancellationToken cancel)
    {
        var windows = new SortedDictionary<long, long>();
        long from = long.MaxValue;
        long through = long.MinValue;
        long window = 0;
        long inWindow = 0;
        long read = 0;
        long ahead = time.GetUtcNow().ToUnixTimeMilliseconds() + (long)BackfillReport.AheadMax.TotalMilliseconds;
        file.Read(
            (number, at, _) =>
            {
                if (at > ahead)
                {
                    throw new BackfillException(
                        $"{path}: {_series.LabelsOf(number)} has a sample of {BackfillReport.Text(at)}, which is ahead of this machine's clock: until then the series would take no other");
                }

                from = Math.Min(from, at);
                through = Math.Max(through, at);
                read++;
                if (at < window || at >= window + storage.WindowMs)
                {
                    windows[window] = windows.GetValueOrDefault(window) + inWindow;
                    inWindow = 0;
                    window = storage.WindowOf(at);
                }

                inWindow++;
            },
            done => progress.Note(() => $"reading {path}: {Percent(done)}, {Many(read)} samples of {_series.Count} series"),
            cancel);
        windows[window] = windows.GetValueOrDefault(window) + inWindow;
        foreach (long empty in windows.Where(static pair => pair.Value == 0).Select(static pair => pair.Key).ToArray())
        {
            windows.Remove(empty);
        }

        (oldest, newest) = (from, through);
        return windows;
    }

    // Windows one after the other that fit into memory together; one that does not fit is written in several goes.
    private List<(long From, long Through)> Parts(SortedDictionary<long, long> windows)
    {
        var parts = new List<(long, long)>();
        long samples = 0;
        foreach ((long window, long inWindow) in windows)
        {
            samples += inWindow;
            if (parts.Count == 0 || samples > samplesMax)
            {
                parts.Add((window, window + storage.WindowMs - 1));
                samples = inWindow;
            }
            else
            {
                parts[^1] = (parts[^1].Item1, window + storage.WindowMs - 1);
            }
        }

        return parts;
    }

    private HistoryWritten WritePart(OpenMetricsFile file, (long From, long Through) part, (int At, int Of) place, CancellationToken cancel)
    {
        var import = new HistoryImport(storage.Data);
        var held = new HeldSamples(storage, _series);
        HistoryWritten written = default;
        file.Read(
            (number, at, value) =>
            {
                if (at >= part.From && at <= part.Through)
                {
                    held.Add(number, at, value);
                    if (held.Count == samplesMax)
                    {
                        written += held.Write(import, cancel);
                    }
                }
            },
            done => progress.Note(() => $"writing: {Percent((place.At + done) / place.Of)}"),
            cancel);
        return written + held.Write(import, cancel);
    }

    private static string Percent(double part) => part.ToString("P0", CultureInfo.InvariantCulture);

    private static string Many(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
