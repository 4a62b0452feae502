using System.Globalization;
using System.Text.Json;
using Pleiad.Outside.Tests;
using Xunit.Abstractions;

namespace Pleiad.Cluster.Tests;

/// <summary>Rows of targets that move from node to node.</summary>
[Collection("faults")]
public sealed class MoveRows(ITestOutputHelper output) : FaultRowBase(output)
{
    private const int TurnsARun = 10;

    // n0 takes what n1 had, n1 what n2 had, n2 what n0 had: shares stay even, so nobody plans otherwise.
    private const string Turn = """
        WITH next AS (UPDATE document_revision SET revision = revision + 1 RETURNING revision)
        UPDATE document SET version = version + 1, revision = (SELECT revision FROM next), body = convert_to(
          replace(replace(replace(replace(convert_from(body, 'UTF8'), 'n0', 'nx'), 'n1', 'n0'), 'n2', 'n1'), 'nx', 'n2'), 'UTF8')
        WHERE kind = 'cluster' AND id = 'placement'
        """;

    /// <summary>All targets are moved to the next node, again and again: 60 moves of a target a run.</summary>
    [SkippableFact]
    [Trait("row", "H1")]
    public Task H1_targets_are_moved_from_node_to_node() => RunAsync("H1", async cluster =>
    {
        DateTimeOffset began = DateTimeOffset.UtcNow;
        return await FaultAsync(
            cluster,
            async () =>
            {
                for (int turn = 0; turn < TurnsARun; turn++)
                {
                    string[] expected = [.. (await FaultCluster.LeadersAsync(cluster.Node(0))).Select(static leader => leader switch { "n0" => "n2", "n1" => "n0", _ => "n1" })];
                    cluster.Postgres.Ask(Turn);
                    await Pause.UntilAsync(
                        async () =>
                        {
                            foreach (ClusterNode node in cluster.Running)
                            {
                                if (!expected.SequenceEqual(await FaultCluster.LeadersAsync(node)))
                                {
                                    return false;
                                }
                            }

                            return true;
                        },
                        FaultCluster.Patience, () => "the shards do not move as planned\n" + cluster.Outputs());
                }
            },
            check: () => WrongSlotsAsync(cluster.Node(0), began));
    });

    // A page says how often it was scraped: who scrapes a slot that another has scraped shows in the difference of two samples.
    private static async Task<IReadOnlyList<string>> WrongSlotsAsync(ClusterNode node, DateTimeOffset since)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        int seconds = (int)(now - since).TotalSeconds;
        var wrong = new List<string>();
        foreach ((string target, List<(long TimeMs, string Value)> samples) in await node.Client.RawAsync($"scraped[{seconds}s]", now.ToUnixTimeMilliseconds() / 1000.0))
        {
            foreach (((long time, string value), (long nextTime, string nextValue)) in samples.Zip(samples.Skip(1)))
            {
                long slots = (nextTime - time) / 1000;
                int scrapes = int.Parse(nextValue, CultureInfo.InvariantCulture) - int.Parse(value, CultureInfo.InvariantCulture);
                if ((nextTime - time) % 1000 != 0 || scrapes > slots)
                {
                    wrong.Add($"{target} was scraped {scrapes} times in {slots} slots from {time} to {nextTime}");
                }
            }

            // A sample is seen for five minutes, unless a stale marker follows.
            (long first, long last) = (samples[0].TimeMs, samples[^1].TimeMs);
            long steps = (last - first) / 1000;
            string instance = target.Split(',').First(static label => label.StartsWith("instance=", StringComparison.Ordinal))["instance=".Length..];
            JsonElement seen = await node.Client.DataAsync(string.Create(
                CultureInfo.InvariantCulture, $"/api/v1/query_range?query=scraped%7Binstance%3D%22{instance}%22%7D&start={first / 1000.0:F3}&end={(first / 1000.0) + steps:F3}&step=1"));
            int points = seen.GetProperty("result").EnumerateArray().Sum(static series => series.GetProperty("values").GetArrayLength());
            if (points != steps + 1)
            {
                wrong.Add($"{target} is stale at {steps + 1 - points} of {steps + 1} slots, and was never away");
            }
        }

        return wrong;
    }
}
