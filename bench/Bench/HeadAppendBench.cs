// dotnet run -c Release --project bench/Bench -- --filter '*HeadAppendBench*' --inProcess
using BenchmarkDotNet.Attributes;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>Prepare and apply of batches of 1 000 known series over 100 targets: what a scraped sample costs behind the parser.</summary>
[MemoryDiagnoser]
public class HeadAppendBench
{
    private const int Targets = 100;
    private const int SeriesPerTarget = 1000;

    private readonly Shard _shard = new(new ShardId(0), new ShardSettings());
    private readonly SeriesKey[][] _keys = new SeriesKey[Targets][];
    private long _time = 1_700_000_000_000;
    private int _round;

    [GlobalSetup]
    public void Setup()
    {
        for (int target = 0; target < Targets; target++)
        {
            _keys[target] = new SeriesKey[SeriesPerTarget];
            for (int i = 0; i < SeriesPerTarget; i++)
            {
                _keys[target][i] = new SeriesKey(Labels.From(
                    ("__name__", "metric_" + (i % 100)), ("instance", "host" + target), ("job", "node"), ("cpu", "c" + (i / 100))));
            }
        }

        for (int i = 0; i < 130; i++)
        {
            AppendAll();
        }
    }

    [Benchmark(OperationsPerInvoke = Targets * SeriesPerTarget)]
    public long Append()
    {
        AppendAll();
        if (_round % 200 == 0)
        {
            // Memory stays flat: what is old goes.
            _shard.DropBefore(_time - (15_000L * 250));
        }

        return _shard.AppliedSeq;
    }

    private void AppendAll()
    {
        _time += 15_000;
        _round++;
        foreach (SeriesKey[] keys in _keys)
        {
            using var batch = new SampleBatch(_shard.Id, SeriesPerTarget);
            for (int i = 0; i < keys.Length; i++)
            {
                batch.Add(keys[i], _time, i % 5 == 0 ? (_round * 7.0) + i : i);
            }

            PreparedBatch prepared = _shard.Prepare(batch);
            _shard.Apply(prepared);
        }
    }
}
