using System.Globalization;
using Pleiad.Outside.Tests;

namespace Pleiad.Cluster.Tests;

/// <summary>Every sample that any query has ever returned: each must be there for ever after, as it was.</summary>
internal sealed class Ledger
{
    private readonly SortedDictionary<string, SortedDictionary<long, string>> _seen = new(StringComparer.Ordinal);

    /// <summary>Samples seen.</summary>
    public int Count => _seen.Values.Sum(static samples => samples.Count);

    /// <summary>Whether a sample with a greater value was seen of a target.</summary>
    public bool HasNewer(string instance, int value) =>
        _seen.TryGetValue(instance, out SortedDictionary<long, string>? samples) && samples.Values.Any(text => int.Parse(text, CultureInfo.InvariantCulture) > value);

    /// <summary>Reads what nodes have and takes down all of it.</summary>
    public async Task ReadAsync(IEnumerable<ClusterNode> nodes)
    {
        foreach (ClusterNode node in nodes)
        {
            foreach ((string instance, long time, string value) in await SamplesAsync(node))
            {
                if (!_seen.TryGetValue(instance, out SortedDictionary<long, string>? samples))
                {
                    _seen.Add(instance, samples = []);
                }

                Assert.True(!samples.TryGetValue(time, out string? before) || before == value, $"{instance} at {time} was {before} and is {value}");
                samples[time] = value;
            }
        }
    }

    /// <summary>Fails unless everything that was seen is there.</summary>
    public async Task CheckAsync(IEnumerable<ClusterNode> nodes)
    {
        var there = new Dictionary<(string, long), string>();
        foreach (ClusterNode node in nodes)
        {
            foreach ((string instance, long time, string value) in await SamplesAsync(node))
            {
                there[(instance, time)] = value;
            }
        }

        string[] lost =
        [
            .. from series in _seen
               from sample in series.Value
               where there.GetValueOrDefault((series.Key, sample.Key)) != sample.Value
               select $"{series.Key} {sample.Key} {sample.Value}",
        ];
        Assert.True(lost.Length == 0, $"{lost.Length} of {Count} samples are lost: {string.Join(", ", lost.Take(20))}");
    }

    /// <summary>The times of a target's samples, in milliseconds.</summary>
    public IReadOnlyCollection<long> TimesOf(string instance) => _seen[instance].Keys;

    private static async Task<List<(string Instance, long Time, string Value)>> SamplesAsync(ClusterNode node)
    {
        double now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        var samples = new List<(string, long, string)>();
        foreach ((string series, List<(long TimeMs, string Value)> points) in await node.Client.RawAsync("ledger[30m]", now))
        {
            string instance = series.Split(',').First(static label => label.StartsWith("instance=", StringComparison.Ordinal))["instance=".Length..];
            samples.AddRange(points.Select(point => (instance, point.TimeMs, point.Value)));
        }

        Assert.True(samples.Select(static sample => (sample.Item1, sample.Item2)).Distinct().Count() == samples.Count, "a sample is there twice");
        return samples;
    }
}
