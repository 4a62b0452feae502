// dotnet run -c Release --project bench/Bench -- --filter '*PromJsonBench*'
// Points of a matrix written as JSON; Mean is for one point.
using BenchmarkDotNet.Attributes;
using Pleiad.Gateway;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Bench;

/// <summary>How fast an answer becomes bytes: 1000 series of 1000 points.</summary>
[MemoryDiagnoser]
public class PromJsonBench
{
    private const int SeriesCount = 1000;
    private const int PointsPerSeries = 1000;

    private QueryValue _value = new MatrixValue([]);

    /// <summary>What the values are: counters, readings with three decimals, or quotients with all 17 digits.</summary>
    [Params("integers", "decimals", "rates")]
    public string Values { get; set; } = "integers";

    [GlobalSetup]
    public void MakeSeries()
    {
        var random = new Random(1);
        _value = new MatrixValue([.. Enumerable.Range(0, SeriesCount).Select(s => new MatrixSeries(
            Labels.From(("__name__", "node_cpu_seconds_total"), ("instance", $"host-{s}:9100"), ("job", "node"), ("mode", "idle")),
            [.. Enumerable.Range(0, PointsPerSeries).Select(i => 1_700_000_000_000L + (i * 15_000L))],
            [.. Enumerable.Range(0, PointsPerSeries).Select(_ => Values switch
            {
                "integers" => (double)random.Next(1_000_000),
                "decimals" => random.Next(10_000_000) / 1000.0,
                _ => random.NextDouble() / 3,
            })],
            null))]);
    }

    [Benchmark(OperationsPerInvoke = SeriesCount * PointsPerSeries)]
    public async Task<long> Matrix()
    {
        long bytes = 0;
        using var text = new JsonText((piece, _) =>
        {
            bytes += piece.Length;
            return default;
        });
        text.ObjectStart();
        await PromJson.WriteResultAsync(text, _value, CancellationToken.None);
        text.ObjectEnd();
        await text.DrainAsync(CancellationToken.None);
        return bytes;
    }
}
