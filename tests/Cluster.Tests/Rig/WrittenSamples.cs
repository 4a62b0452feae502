using System.Globalization;
using Pleiad.Outside.Tests;

namespace Pleiad.Cluster.Tests;

/// <summary>The samples of <see cref="Load"/> as nodes have them.</summary>
internal static class WrittenSamples
{
    private static readonly TimeSpan CopyPatience = TimeSpan.FromSeconds(40);

    /// <summary>What is wrong with what a node has, compared with what was acknowledged; empty for nothing.</summary>
    /// <param name="load">Knows what was.</param>
    /// <param name="node">A node that may be a moment behind: what it lacks is asked for again for a while.</param>
    /// <param name="since">Older samples are not compared.</param>
    public static async Task<IReadOnlyList<string>> WrongAsync(Load load, PromClient node, DateTimeOffset since)
    {
        using var over = new CancellationTokenSource(CopyPatience);
        while (true)
        {
            IReadOnlyList<string> found = load.Ledger.Compare(await ReadAsync(node, since), since.ToUnixTimeMilliseconds());
            if (found.Count == 0 || over.IsCancellationRequested || found.Any(static what => !what.EndsWith("is not there", StringComparison.Ordinal)))
            {
                return found;
            }

            await Pause.ShortAsync();
        }
    }

    private static async Task<IReadOnlyList<(int Series, long Time, double Value)>> ReadAsync(PromClient node, DateTimeOffset since)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow.AddSeconds(5);
        var samples = new List<(int, long, double)>();
        string range = string.Create(CultureInfo.InvariantCulture, $"written[{(int)(now - since).TotalSeconds + 30}s]");
        foreach ((string series, List<(long TimeMs, string Value)> points) in await node.RawAsync(range, (now - DateTimeOffset.UnixEpoch).TotalSeconds))
        {
            int number = int.Parse(series.Split(',').First(static label => label.StartsWith("instance=w", StringComparison.Ordinal))["instance=w".Length..], CultureInfo.InvariantCulture);
            samples.AddRange(points.Select(point => (number, point.TimeMs, double.Parse(point.Value, CultureInfo.InvariantCulture))));
        }

        return samples;
    }
}
