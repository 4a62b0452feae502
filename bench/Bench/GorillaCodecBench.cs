// dotnet run -c Release --project bench/Bench -- --filter '*GorillaCodecBench*' --inProcess
using BenchmarkDotNet.Attributes;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>Samples a second of the float encoding, for values that repeat, count up by whole numbers, and are real.</summary>
[MemoryDiagnoser]
public class GorillaCodecBench
{
    private const int Samples = ChunkDecoder.SamplesMax;

    private readonly long[] _times = new long[Samples];
    private readonly ulong[] _values = new ulong[Samples];
    private readonly byte[] _bytes = new byte[4096];
    private readonly long[] _readTimes = new long[Samples];
    private readonly double[] _readValues = new double[Samples];
    private int _bits;

    [Params("constant", "counter", "real")]
    public string Kind { get; set; } = "constant";

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        double counter = 1e6;
        for (int i = 0; i < Samples; i++)
        {
            _times[i] = 1_700_000_000_000 + (15_000L * i);
            counter += random.Next(500);
            _values[i] = BitConverter.DoubleToUInt64Bits(Kind switch { "constant" => 42, "counter" => counter, _ => random.NextDouble() });
        }

        _bits = Write();
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Encode() => Write();

    [Benchmark(OperationsPerInvoke = Samples)]
    public double Decode()
    {
        var reader = new BitReader(_bytes.AsSpan(0, (_bits + 7) >> 3));
        GorillaStream.Decode(ref reader, _times[0], _readTimes, _readValues, out _);
        return _readValues[Samples - 1];
    }

    private int Write()
    {
        Array.Clear(_bytes);
        var tail = new GorillaTail();
        int position = 0;
        GorillaStream.First(_bytes, ref position, ref tail, _times[0], _values[0]);
        for (int i = 1; i < Samples; i++)
        {
            GorillaStream.Next(_bytes, ref position, ref tail, _times[i], _values[i]);
        }

        return position;
    }
}
