// dotnet run -c Release --project bench/Bench -- --filter '*ScrapeReadingBench*' --job short -i
// Needs the conformance data beside the repository. The whole way from bytes to a batch that is handed over.
using BenchmarkDotNet.Attributes;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Bench;

/// <summary>A page becomes a batch: parsing, series cache, staleness, report; known series and the first scrape.</summary>
[MemoryDiagnoser]
public class ScrapeReadingBench
{
    private byte[] _page = [];
    private ScrapeReader _reader = NewReader();
    private long _at;

    [Params("kube_apiserver_1_35.prom", "cadvisor_kubelet_1_35.prom", "node_exporter.prom")]
    public string File { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup()
    {
        _page = System.IO.File.ReadAllBytes(Path.Combine(ConformanceFolder.Find(), "exporters", File));
        _reader = NewReader();
        Known();
    }

    [Benchmark]
    public int Known() => Read(_reader);

    [Benchmark]
    public int First() => Read(NewReader());

    private static ScrapeReader NewReader() => new(
        ReadSettings.Default, Labels.From(("instance", "localhost:9100"), ("job", "node")), new ShardMap(16), null, TimeProvider.System);

    private int Read(ScrapeReader reader)
    {
        _at += 1000;
        ScrapeResult result = reader.Read(_page, "text/plain", new ScrapeMoment(new Timestamp(_at), 0, TimeSpan.FromSeconds(10)));
        int rows = 0;
        foreach (SampleBatch batch in result.Batches)
        {
            rows += batch.Count;
            batch.Dispose();
        }

        return rows;
    }
}
