using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>What a remote write request holds: its valid rows as batches, one a shard, and what is wrong with the others.</summary>
public sealed class RemoteWriteContent : IDisposable
{
    private readonly SampleBatch?[] _batches;
    private readonly List<KeyValuePair<string, MetricMetadata>> _metadata = [];
    private readonly List<KnownSeries> _new = [];

    internal RemoteWriteContent(int shards) => _batches = new SampleBatch?[shards];

    /// <summary>Float samples and native histograms that are valid.</summary>
    public int RowCount { get; private set; }

    /// <summary>Exemplars of valid series.</summary>
    public int ExemplarCount { get; private set; }

    /// <summary>Series, and rows of valid series, that were left out.</summary>
    public int InvalidCount { get; private set; }

    /// <summary>Of those, rows that claim a time too far ahead.</summary>
    public int AheadCount { get; private set; }

    /// <summary>What is wrong with the first of them, or null.</summary>
    public string? FirstFault { get; private set; }

    /// <summary>What is said of metric families, by name; of series seen before only what is new.</summary>
    public IReadOnlyList<KeyValuePair<string, MetricMetadata>> Metadata => _metadata;

    /// <summary>Hands over the batches; the rows of a series are in the order of the request.</summary>
    public IReadOnlyList<SampleBatch> TakeBatches()
    {
        List<SampleBatch> taken = [.. _batches.OfType<SampleBatch>()];
        Array.Clear(_batches);
        return taken;
    }

    /// <summary>When what was taken is stored: series that were new let their labels go.</summary>
    public void Dispose()
    {
        foreach (SampleBatch batch in TakeBatches())
        {
            batch.Dispose();
        }

        foreach (KnownSeries series in _new)
        {
            series.ForgetLabels();
        }

        _new.Clear();
    }

    internal void NoteNew(KnownSeries series) => _new.Add(series);

    internal void Add(KnownSeries series, long timeMs, double value, long startMs)
    {
        SampleBatch batch = BatchOf(series.Shard);
        batch.Add(series, timeMs, value);
        Count(batch, startMs);
    }

    internal void Add(KnownSeries series, long timeMs, NativeHistogram histogram, long startMs)
    {
        SampleBatch batch = BatchOf(series.Shard);
        batch.Add(series, timeMs, histogram);
        Count(batch, startMs);
    }

    internal void Add(KnownSeries series, Exemplar exemplar)
    {
        BatchOf(series.Shard).AddExemplar(series, exemplar);
        ExemplarCount++;
    }

    internal void Add(string family, MetricMetadata said) => _metadata.Add(new(family, said));

    internal void Refuse(string fault)
    {
        InvalidCount++;
        FirstFault ??= fault;
    }

    internal void RefuseAhead(KnownSeries series, long timeMs)
    {
        AheadCount++;
        Refuse($"out of bounds: time {timeMs} is too far ahead for series {series.Labels}");
    }

    private SampleBatch BatchOf(ShardId shard) => _batches[shard.Value] ??= new SampleBatch(shard);

    private void Count(SampleBatch batch, long startMs)
    {
        RowCount++;
        if (startMs != 0)
        {
            batch.SetStartTime(startMs);
        }
    }
}
