// dotnet run -c Release --project bench/Bench -- --filter '*PageParsingBench*' --job short -i
// Needs the conformance data beside the repository. Bytes/s = page bytes / mean; the scan for line breaks is the floor.
using BenchmarkDotNet.Attributes;
using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Bench;

/// <summary>Parsing real exporter pages: known from the last scrape, and never seen before.</summary>
[MemoryDiagnoser]
public class PageParsingBench
{
    private readonly PageMemory _memory = new();
    private byte[] _page = [];
    private Sum _sum;

    [Params("kube_apiserver_1_35.prom", "cadvisor_kubelet_1_35.prom", "node_exporter.prom")]
    public string File { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup()
    {
        _page = System.IO.File.ReadAllBytes(Path.Combine(ConformanceFolder.Find(), "exporters", File));
        Known();
    }

    [Benchmark(Baseline = true)]
    public int LineBreaks()
    {
        int lines = 0;
        ReadOnlySpan<byte> rest = _page;
        for (int at = rest.IndexOf((byte)'\n'); at >= 0; at = rest.IndexOf((byte)'\n'))
        {
            lines++;
            rest = rest[(at + 1)..];
        }

        return lines;
    }

    [Benchmark]
    public double Known()
    {
        PageParser.Parse(_page, PageFormat.Text, PageOptions.Default, _memory, ref _sum);
        _memory.Commit();
        return _sum.Value;
    }

    [Benchmark]
    public double Unknown()
    {
        PageParser.Parse(_page, PageFormat.Text, PageOptions.Default, new PageMemory(), ref _sum);
        return _sum.Value;
    }

    private struct Sum : IPageSink
    {
        public double Value;

        public static bool WantsMetadata => false;

        public readonly void Type(ReadOnlySpan<byte> family, MetricType type)
        {
        }

        public readonly void Help(ReadOnlySpan<byte> family, string help)
        {
        }

        public readonly void Unit(ReadOnlySpan<byte> family, string unit)
        {
        }

        public readonly void Comment(ReadOnlySpan<byte> text)
        {
        }

        public void Sample(scoped in PageSample sample) => Value += sample.Value;
    }
}

/// <summary>Finds the conformance data as the tests do: beside the directory that has cluster.sln.</summary>
internal static class ConformanceFolder
{
    internal static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(at.FullName, "cluster.sln")))
            {
                return Path.GetFullPath(Path.Combine(at.FullName, "..", "shared", "conformance"));
            }
        }

        throw new DirectoryNotFoundException("no cluster.sln above the benchmark");
    }
}
