using System.Runtime.CompilerServices;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>The batches being filled by one scrape, one for each shard that occurs; nearly always one.</summary>
internal sealed class ShardBatches
{
    private readonly List<SampleBatch> _batches = [];
    private SampleBatch? _current;
    private int _rowsExpected = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SampleBatch Of(ShardId shard) => _current is { } current && current.Shard == shard ? current : Switch(shard);

    /// <summary>Gives everything back.</summary>
    internal void Discard()
    {
        foreach (SampleBatch batch in _batches)
        {
            batch.Dispose();
        }

        _batches.Clear();
        _current = null;
    }

    /// <summary>Hands the batches over.</summary>
    internal SampleBatch[] Take()
    {
        SampleBatch[] batches = [.. _batches];
        _batches.Clear();
        _current = null;
        _rowsExpected = batches.Length == 0 ? 64 : batches.Max(batch => batch.Count);
        return batches;
    }

    private SampleBatch Switch(ShardId shard)
    {
        foreach (SampleBatch batch in _batches)
        {
            if (batch.Shard == shard)
            {
                return _current = batch;
            }
        }

        _current = new SampleBatch(shard, _batches.Count == 0 ? _rowsExpected : 64);
        _batches.Add(_current);
        return _current;
    }
}
