// dotnet run -c Release --project bench/Bench -- --filter '*ColumnChunkBench*' --inProcess
using BenchmarkDotNet.Attributes;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>Samples a second of the columns of a sealed chunk: a counter, a decimal gauge, a gauge of pages, and one that seldom changes.</summary>
[MemoryDiagnoser]
public class ColumnChunkBench
{
    private const int Samples = ChunkDecoder.SamplesMax;

    private readonly ColumnChunk _chunk = new();
    private readonly long[] _times = new long[Samples];
    private readonly double[] _values = new double[Samples];
    private readonly SampleColumns _read = new();
    private byte[] _bytes = [];

    [Params("counter", "decimal", "pages", "seldom")]
    public string Kind { get; set; } = "counter";

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        double counter = 1e6;
        for (int i = 0; i < Samples; i++)
        {
            _times[i] = 1_700_000_000_000 + (15_000L * i);
            counter += Kind == "seldom" && i % 30 != 7 ? 0 : random.Next(500);
            _values[i] = Kind switch { "decimal" => random.Next(100_000) / 100.0, "pages" => random.Next(1 << 20) * 4096.0, _ => counter };
        }

        _chunk.TryWrite(_times, _values, out ReadOnlySpan<byte> bytes, out _);
        _bytes = bytes.ToArray();
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Encode()
    {
        _chunk.TryWrite(_times, _values, out ReadOnlySpan<byte> bytes, out _);
        return bytes.Length;
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public double Decode()
    {
        _read.Clear();
        ChunkDecoder.Read(ChunkEncoding.Columns, _bytes, _times[0], Samples, TimeRange.All, _read);
        return _read.Values[^1];
    }
}
