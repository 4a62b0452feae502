using System.Collections.Concurrent;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>
/// Answers what other nodes ask of the shards of this one: fragments of their queries, and series. It waits for no other node, so two nodes
/// that are full of each other's queries still get on.
/// </summary>
internal sealed class PeerQueries(
    Engine engine, ILocalShards local, ITargetCatalog targets, IShardPlaces places, QuerySettings settings, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<(NodeIncarnation From, ulong Query), OpenQuery> _open = new();
    private readonly QueryAdmission _admission = new(settings.PeerConcurrencyMax, settings.PeerQueriesMax);

    /// <summary>Queries of other nodes that have something open here.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Handles the messages of queries from now on.</summary>
    public void AddTo(NodeMessages messages)
    {
        messages.Add(QueryMessage.Begin, BeginAsync);
        messages.Add(QueryMessage.Next, NextAsync);
        messages.Add(QueryMessage.End, End);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OpenQuery query in _open.Values)
        {
            query.Dispose();
        }

        _admission.Dispose();
    }

    private static NodeMessage Failure(QueryException error)
    {
        var message = new MessageWriter();
        int mark = message.Begin(1);
        QueryErrorMessage.Write(message, error);
        message.End(mark);
        return new NodeMessage(QueryMessage.Part, message.Memory);
    }

    private static NodeMessage Ended() => Failure(new QueryException(QueryErrorKind.Canceled, "the query has ended here"));

    private static NodeMessage PartOf(OpenQuery query, ulong stream, RecordStreamWriter writer)
    {
        var message = new MessageWriter();
        writer.WritePart(message);
        query.Keep(stream, writer);
        return new NodeMessage(QueryMessage.Part, message.Memory);
    }

    // What is asked is read at once: the bytes are not ours any longer than this call.
    private ValueTask<NodeMessage> BeginAsync(IncomingMessage message)
    {
        BeginRead read;
        try
        {
            read = BeginRead.Read(message.Message.Payload.Span, local.Map.Count);
        }
        catch (WireFormatException e)
        {
            return new ValueTask<NodeMessage>(Failure(new QueryException(QueryErrorKind.Unavailable, e.Message)));
        }

        // Opened in the order of the messages, so that an end that comes soon after finds it.
        if (Open((message.From, read.Query), read.LeftMs) is not { } query)
        {
            ActorsMetrics.PeerQueriesRefused.Add(1);
            return new ValueTask<NodeMessage>(Failure(new QueryException(
                QueryErrorKind.Unavailable, $"{settings.PeerQueriesMax} queries of other nodes are open here; try again later")));
        }

        return new ValueTask<NodeMessage>(Task.Run(() => AnswerAsync(query, () => BeginAsync(query, read))));
    }

    private async Task<NodeMessage> BeginAsync(OpenQuery query, BeginRead read)
    {
        if (read.Through.Count > 0)
        {
            // What is not reached in time is read as it is: the header says how far that is, and the asker takes it for what it is.
            await StrongGoals.ReachAsync(places, read.Shards.Zip(read.Through), settings.StrongTimeout, time, query.Over);
        }

        if (read.Kind == ReadKind.Reached)
        {
            return PartOf(query, read.Stream, new RecordStreamWriter(into => PeerRecords.EachShard(into, read.Shards, index => HeaderOf(read.Shards[index]), static _ => []), QueryMessage.PartBytesMax));
        }

        using QueryAdmission.Slot slot = await _admission.EnterAsync(query.Over);
        return PartOf(query, read.Stream, new RecordStreamWriter(await RecordsAsync(query, read), QueryMessage.PartBytesMax));
    }

    private ShardHeader HeaderOf(int shard)
    {
        ShardPlace place = places.Now.Shards[shard];
        ShardMark mark = places.MarkOf(shard);
        return new ShardHeader(shard, place.Here != ShardRole.None, place.Epoch, Math.Max(0, mark.Seq), 0, place.Here == ShardRole.Uncertain, mark.Lacks);
    }

    private ValueTask<NodeMessage> NextAsync(IncomingMessage message)
    {
        NextRead next;
        try
        {
            next = NextRead.Read(message.Message.Payload.Span);
        }
        catch (WireFormatException e)
        {
            return new ValueTask<NodeMessage>(Failure(new QueryException(QueryErrorKind.Unavailable, e.Message)));
        }

        return _open.TryGetValue((message.From, next.Query), out OpenQuery? query)
            ? new ValueTask<NodeMessage>(Task.Run(() => AnswerAsync(query, () => Task.FromResult(
                query.Take(next.Stream) is { } writer && writer.NextPart == next.Part
                    ? PartOf(query, next.Stream, writer)
                    : Failure(new QueryException(QueryErrorKind.Unavailable, $"there is no part {next.Part} of stream {next.Stream}"))))))
            : new ValueTask<NodeMessage>(Ended());
    }

    private ValueTask<NodeMessage> End(IncomingMessage message)
    {
        try
        {
            Close((message.From, NextRead.Read(message.Message.Payload.Span).Query));
        }
        catch (WireFormatException)
        {
            // Whatever it was meant to end ends by its time.
        }

        return default;
    }

    private static async Task<NodeMessage> AnswerAsync(OpenQuery query, Func<Task<NodeMessage>> part)
    {
        try
        {
            return await query.RunAsync(async () => new Answer(await part())) is { } answer ? answer.Message : Ended();
        }
        catch (QueryException e)
        {
            return Failure(e);
        }
        catch (WireFormatException e)
        {
            return Failure(new QueryException(QueryErrorKind.Unavailable, e.Message));
        }
        catch (OperationCanceledException) when (query.Over.IsCancellationRequested)
        {
            return Ended();
        }
    }

    private OpenQuery? Open((NodeIncarnation, ulong) key, long leftMs)
    {
        if (_open.TryGetValue(key, out OpenQuery? there))
        {
            return there;
        }

        if (_open.Count >= settings.PeerQueriesMax)
        {
            return null;
        }

        TimeSpan left = TimeSpan.FromMilliseconds(leftMs);
        var made = new OpenQuery(left < settings.Timeout ? left : settings.Timeout, time, () => Close(key));
        OpenQuery kept = _open.GetOrAdd(key, made);
        if (!ReferenceEquals(kept, made))
        {
            made.Dispose();
        }

        return kept;
    }

    private void Close((NodeIncarnation, ulong) key)
    {
        if (_open.TryRemove(key, out OpenQuery? query))
        {
            query.Dispose();
        }
    }

    private async Task<Func<MessageWriter, IEnumerable<RecordKind>>> RecordsAsync(OpenQuery query, BeginRead read)
    {
        if (read.Kind is ReadKind.Targets or ReadKind.Metadata)
        {
            return await TargetRecords.OfAsync(targets, read.Kind, query.Over);
        }

        // Before the views are taken: what they hold is at least this, unless a shard is recovered meanwhile; so it is asked again behind them.
        ShardPlaces now = places.Now;
        ShardMark[] marks = [.. read.Shards.Select(places.MarkOf)];
        int[] served = [.. read.Shards.Where(shard => now.Shards[shard].Here != ShardRole.None)];
        IReadOnlyDictionary<int, LocalViews> views = await query.ViewAsync(local, served);
        bool[] isWhole = new bool[marks.Length];
        for (int i = 0; i < marks.Length; i++)
        {
            if (views.TryGetValue(read.Shards[i], out LocalViews? of))
            {
                long opening = marks[i].Opening;
                isWhole[i] = of.IsWhole(read.Shards[i], places);
                marks[i] = of.MarkOf(read.Shards[i], marks[i], places);

                // Behind that: it was whole in the opening that the view is of.
                isWhole[i] &= marks[i].Opening == opening;
            }
        }

        ShardHeader HeaderOf(int index)
        {
            int shard = read.Shards[index];
            bool isServed = views.TryGetValue(shard, out LocalViews? view);
            return new ShardHeader(shard, isServed, now.Shards[shard].Epoch, Math.Max(0, marks[index].Seq), isServed ? view!.DamagedOf(shard) : 0, now.Shards[shard].Here == ShardRole.Uncertain || !isWhole[index], marks[index].Lacks);
        }

        if (read.Kind == ReadKind.Fragment)
        {
            PlanFragment fragment = engine.Fragment(FragmentRequest.Read(read.Body.Span), local.Map, query.Expired, query.Over);
            IReadOnlyList<FragmentAnswer> answers = await fragment.RunAllAsync([.. served.Select(shard => views[shard].Of(shard))], settings.ThreadsMax);
            var byShard = served.Zip(answers).ToDictionary(static pair => pair.First, static pair => pair.Second);
            var symbols = new LabelSymbolsWriter();
            return into => PeerRecords.EachShard(into, read.Shards, HeaderOf, shard => PeerRecords.Answer(into, new FragmentAnswerWriter(byShard[shard], symbols)));
        }

        return await PeerRecords.OfAsync(local, read, HeaderOf, shard => views[shard].Of(shard), query.Over);
    }

    private sealed record Answer(NodeMessage Message);
}
