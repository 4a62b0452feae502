using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Reads the answer of a shard to a fragment.</summary>
internal sealed class AnswerReader(FragmentAnswerReader answer) : IShardReader<FragmentAnswer>
{
    public void Read(RecordKind kind, ReadOnlySpan<byte> record)
    {
        if (kind != RecordKind.Answer)
        {
            throw new WireFormatException($"{kind} in the answer to a fragment");
        }

        answer.Read(record);
    }

    public FragmentAnswer Finish() => answer.IsComplete ? answer.Finish() : throw new WireFormatException("the answer to a fragment is not complete");

    public void GiveUp() => answer.GiveUp();
}

/// <summary>Reads a list: one item a record.</summary>
/// <param name="expected">Of what kind each record is.</param>
/// <param name="read">Reads one.</param>
internal sealed class ListReader<T>(RecordKind expected, ListReader<T>.Item read) : IShardReader<IReadOnlyList<T>>
{
    private readonly List<T> _items = [];

    internal delegate T Item(ReadOnlySpan<byte> record);

    public void Read(RecordKind kind, ReadOnlySpan<byte> record) =>
        _items.Add(kind == expected ? read(record) : throw new WireFormatException($"{kind} among {expected}"));

    public IReadOnlyList<T> Finish() => _items;

    public void GiveUp() => _items.Clear();
}

/// <summary>How each kind of list is read.</summary>
internal static class ShardReaders
{
    public static IShardReader<IReadOnlyList<string>> Texts() => new ListReader<string>(RecordKind.Text, static record => System.Text.Encoding.UTF8.GetString(record));

    public static IShardReader<IReadOnlyList<StoredExemplar>> Exemplars(LabelSymbolsReader symbols) =>
        new ListReader<StoredExemplar>(RecordKind.Exemplar, record => ExemplarMessage.Read(record, symbols));

    public static IShardReader<IReadOnlyList<ShardCardinality>> Cardinalities() =>
        new ListReader<ShardCardinality>(RecordKind.Cardinality, CardinalityMessage.Read);

    /// <param name="fetched">Told the bytes of each series.</param>
    public static IShardReader<IReadOnlyList<FetchedSeries>> Series(LabelSymbolsReader symbols, Action<int> fetched)
    {
        var refs = new List<int>();
        return new ListReader<FetchedSeries>(RecordKind.Series, record =>
        {
            fetched(record.Length);
            return SeriesMessage.Read(record, symbols, refs);
        });
    }
}
