using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>The records of what another node reads here. Each step writes one record into a writer that comes empty.</summary>
internal static class PeerRecords
{
    /// <summary>The header of each shard and, where it is served, what follows.</summary>
    public static IEnumerable<RecordKind> EachShard(
        MessageWriter into, IReadOnlyList<int> shards, Func<int, ShardHeader> headerOf, Func<int, IEnumerable<RecordKind>> records)
    {
        for (int i = 0; i < shards.Count; i++)
        {
            ShardHeader header = headerOf(i);
            header.Write(into);
            yield return RecordKind.Shard;
            if (header.IsServed)
            {
                foreach (RecordKind kind in records(shards[i]))
                {
                    yield return kind;
                }
            }
        }
    }

    /// <summary>The answer of a shard to a fragment.</summary>
    public static IEnumerable<RecordKind> Answer(MessageWriter into, FragmentAnswerWriter answer)
    {
        bool goesOn = true;
        while (goesOn)
        {
            int mark = into.Begin((int)RecordKind.Answer);
            goesOn = answer.Write(into);
            into.End(mark);
            yield return RecordKind.Answer;
        }
    }

    /// <summary>Everything but fragments.</summary>
    public static async Task<Func<MessageWriter, IEnumerable<RecordKind>>> OfAsync(
        ILocalShards local, BeginRead read, Func<int, ShardHeader> headerOf, Func<int, ISeriesSource> viewOf, CancellationToken cancel)
    {
        (SelectRequest request, string label, bool labelsOnly) = SelectMessage.Read(read.Body.Span);
        var symbols = new LabelSymbolsWriter();
        switch (read.Kind)
        {
            case ReadKind.Series:
                return into => EachShard(into, read.Shards, headerOf, shard => Series(into, viewOf(shard), request, labelsOnly, symbols, cancel));
            case ReadKind.LabelNames:
                return into => EachShard(into, read.Shards, headerOf, shard => Texts(into, viewOf(shard).LabelNames(request.Matchers, request.Range, cancel)));
            case ReadKind.LabelValues:
                return into => EachShard(
                    into, read.Shards, headerOf, shard => Texts(into, viewOf(shard).LabelValues(label, request.Matchers, request.Range, cancel)));
            case ReadKind.Exemplars:
                var exemplars = new Dictionary<int, IReadOnlyList<StoredExemplar>>();
                foreach (int shard in read.Shards.Where((_, index) => headerOf(index).IsServed))
                {
                    exemplars.Add(shard, await local.ExemplarsAsync(shard, cancel));
                }

                return into => EachShard(into, read.Shards, headerOf, shard => Exemplars(into, exemplars[shard], request, symbols));
            default:
                var figures = new Dictionary<int, ShardCardinality>();
                foreach (int shard in read.Shards.Where((_, index) => headerOf(index).IsServed))
                {
                    figures.Add(shard, await StorageFigures.OfShardAsync(local, shard, viewOf(shard), request.Matchers, label, cancel));
                }

                return into => EachShard(into, read.Shards, headerOf, shard => Cardinality(into, figures[shard]));
        }
    }

    private static IEnumerable<RecordKind> Series(
        MessageWriter into, ISeriesSource view, SelectRequest request, bool labelsOnly, LabelSymbolsWriter symbols, CancellationToken cancel)
    {
        using var samples = new SampleColumns();
        RollupColumns? rollups = labelsOnly || request.Rollup is null ? null : new RollupColumns();
        using SeriesCursor cursor = view.Select(request, cancel);
        while (cursor.MoveNext())
        {
            cancel.ThrowIfCancellationRequested();
            samples.Clear();
            bool isRolledUp = rollups is not null && cursor.TryReadRollups(rollups);
            if (!labelsOnly)
            {
                if (!isRolledUp || !request.Rollup!.Prefers)
                {
                    cursor.Read(samples);
                }

                if (samples.Count == 0 && !isRolledUp)
                {
                    continue;
                }
            }

            SeriesMessage.Write(into, symbols, cursor.Labels, samples, isRolledUp ? (rollups!, request.Rollup!) : null);
            yield return RecordKind.Series;
        }
    }

    private static IEnumerable<RecordKind> Texts(MessageWriter into, IReadOnlyCollection<string> texts)
    {
        foreach (string text in texts)
        {
            into.Text((int)RecordKind.Text, text);
            yield return RecordKind.Text;
        }
    }

    private static IEnumerable<RecordKind> Exemplars(
        MessageWriter into, IReadOnlyList<StoredExemplar> exemplars, SelectRequest request, LabelSymbolsWriter symbols)
    {
        foreach (StoredExemplar stored in exemplars)
        {
            if (stored.Exemplar.At is { } at && request.Range.Contains(at.Milliseconds))
            {
                ExemplarMessage.Write(into, symbols, stored);
                yield return RecordKind.Exemplar;
            }
        }
    }

    private static IEnumerable<RecordKind> Cardinality(MessageWriter into, ShardCardinality figures)
    {
        CardinalityMessage.Write(into, figures);
        yield return RecordKind.Cardinality;
    }
}
