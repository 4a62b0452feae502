using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>Records as samples again: what one journal has and another has not is written to that as if it had just come.</content>
public sealed partial class Shard
{
    /// <summary>The samples of consecutive records, the last of which is the last that was applied here. Deletions are left out.</summary>
    /// <param name="payloads">In their order.</param>
    /// <param name="unplaced">Samples whose series cannot be told any more.</param>
    /// <returns>One batch a record that has samples; they are the caller's.</returns>
    public IReadOnlyList<SampleBatch> SamplesOf(IReadOnlyList<ReadOnlyMemory<byte>> payloads, out long unplaced)
    {
        using ShardView view = View();
        var defined = new Dictionary<int, Labels>();
        HashSet<int> redefined = Redefined(payloads, view);
        var keys = new Dictionary<Labels, SeriesKey>();
        var batches = new List<SampleBatch>(payloads.Count);
        unplaced = 0;
        foreach (ReadOnlyMemory<byte> payload in payloads)
        {
            _reader.Read(payload.Span, withDefinitions: true);
            foreach (SeriesDefinition definition in _reader.Definitions)
            {
                defined[definition.Slot] = definition.Labels;
            }

            var batch = new SampleBatch(Id, Math.Max(_reader.Rows, 1)) { WasAcknowledged = true };
            for (int row = 0; row < _reader.Rows; row++)
            {
                int slot = _reader.Slots[row];
                if (!defined.TryGetValue(slot, out Labels? labels))
                {
                    labels = !redefined.Contains(slot) && _table.Holds(slot) ? view.Reader.LabelsOf(_table[slot]) : null;
                }

                if (labels is null)
                {
                    unplaced++;
                    continue;
                }

                ref SeriesKey? key = ref CollectionsMarshal.GetValueRefOrAddDefault(keys, labels, out _);
                AddRow(batch, key ??= new SeriesKey(labels), row, payload.Span);
            }

            if (batch.Count > 0)
            {
                batches.Add(batch);
            }
            else
            {
                batch.Dispose();
            }
        }

        return batches;
    }

    // Slots that are another series' now than they were before the first of the records.
    private HashSet<int> Redefined(IReadOnlyList<ReadOnlyMemory<byte>> payloads, ShardView view)
    {
        var redefined = new HashSet<int>();
        foreach (ReadOnlyMemory<byte> payload in payloads)
        {
            _reader.Read(payload.Span, withDefinitions: true);
            foreach (SeriesDefinition definition in _reader.Definitions)
            {
                if (!_table.Holds(definition.Slot) || !view.Reader.LabelsOf(_table[definition.Slot]).Equals(definition.Labels))
                {
                    redefined.Add(definition.Slot);
                }
            }
        }

        return redefined;
    }

    private void AddRow(SampleBatch batch, SeriesKey key, int row, ReadOnlySpan<byte> payload)
    {
        Range histogram = _reader.HasHistograms ? _reader.Histograms[row] : default;
        if (histogram.Equals(default))
        {
            batch.Add(key, _reader.Times[row], BitConverter.UInt64BitsToDouble(_reader.Values[row]));
        }
        else
        {
            var bytes = new ByteReader(payload[histogram]);
            batch.Add(key, _reader.Times[row], HistogramCodec.Read(ref bytes));
        }

        if (_reader.HasStarts && _reader.Starts[row] != 0)
        {
            batch.SetStartTime(_reader.Starts[row]);
        }
    }
}
