using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Which series some records define, without the shard that has applied them: it goes on meanwhile. Used by one thread at a time.</summary>
public sealed class RecordDefinitions
{
    private readonly BatchRecordReader _reader = new();
    private readonly HashSet<(int Slot, Labels Labels)> _all = [];

    /// <summary>Slots with the labels of the series they are given to, each once.</summary>
    internal IReadOnlyCollection<(int Slot, Labels Labels)> All => _all;

    /// <summary>Looks at a record.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public void Look(ReadOnlySpan<byte> payload)
    {
        _reader.Read(payload, withDefinitions: true);
        foreach (SeriesDefinition definition in _reader.Definitions)
        {
            _all.Add((definition.Slot, definition.Labels));
        }
    }
}
