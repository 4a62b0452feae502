using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>Records as samples again: what one journal has and another has not is written to that as if it had just come.</content>
public sealed partial class Shard
{
    /// <summary>Begins to make samples of consecutive records again, the last of which is the last that was applied here. Nobody else may use the shard until it is disposed.</summary>
    /// <param name="definitions">Of all of them.</param>
    public RecordDecoder DecodeRecords(RecordDefinitions definitions) => new(this, definitions);

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

    /// <summary>
    /// Makes samples of records again: each is looked at first, and then taken, in their order. So none has to stay in memory for longer than
    /// its turn, however many there are.
    /// </summary>
    public sealed class RecordDecoder : IDisposable
    {
        private readonly Shard _shard;
        private readonly ShardView _view;
        private readonly Dictionary<int, Labels> _defined = [];
        private readonly Dictionary<Labels, SeriesKey> _keys = [];

        // Slots that are another series' now than they were before the first of the records.
        private readonly HashSet<int> _redefined = [];

        internal RecordDecoder(Shard shard, RecordDefinitions definitions)
        {
            _shard = shard;
            _view = shard.View();
            foreach ((int slot, Labels labels) in definitions.All)
            {
                if (!_shard._table.Holds(slot) || !_view.Reader.LabelsOf(_shard._table[slot]).Equals(labels))
                {
                    _redefined.Add(slot);
                }
            }
        }

        /// <summary>Takes the samples of a record that was looked at. Deletions are left out.</summary>
        /// <param name="payload">Of the record.</param>
        /// <param name="unplaced">Samples whose series cannot be told any more.</param>
        /// <returns>The caller's; null where there are none.</returns>
        public SampleBatch? Take(ReadOnlySpan<byte> payload, out int unplaced)
        {
            BatchRecordReader reader = _shard._reader;
            reader.Read(payload, withDefinitions: true);
            foreach (SeriesDefinition definition in reader.Definitions)
            {
                _defined[definition.Slot] = definition.Labels;
            }

            unplaced = 0;
            var batch = new SampleBatch(_shard.Id, Math.Max(reader.Rows, 1)) { WasAcknowledged = true };
            for (int row = 0; row < reader.Rows; row++)
            {
                if (LabelsOf(reader.Slots[row]) is not { } labels)
                {
                    unplaced++;
                    continue;
                }

                ref SeriesKey? key = ref CollectionsMarshal.GetValueRefOrAddDefault(_keys, labels, out _);
                _shard.AddRow(batch, key ??= new SeriesKey(labels), row, payload);
            }

            if (batch.Count > 0)
            {
                return batch;
            }

            batch.Dispose();
            return null;
        }

        /// <inheritdoc/>
        public void Dispose() => _view.Dispose();

        private Labels? LabelsOf(int slot) => _defined.TryGetValue(slot, out Labels? labels)
            ? labels
            : !_redefined.Contains(slot) && _shard._table.Holds(slot) ? _view.Reader.LabelsOf(_shard._table[slot]) : null;
    }
}
