using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Which queries a node answers: the question and its answer.</summary>
internal static class QueryListMessage
{
    /// <summary>The question.</summary>
    /// <param name="withEnded">Whether the ended ones are wanted.</param>
    public static NodeMessage Ask(bool withEnded)
    {
        var message = new MessageWriter();
        message.Number(1, withEnded ? 1UL : 0);
        return new NodeMessage(QueryMessage.List, message.Memory);
    }

    /// <summary>Reads the question.</summary>
    /// <returns>Whether the ended ones are wanted.</returns>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static bool ReadAsk(ReadOnlySpan<byte> message)
    {
        bool withEnded = false;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            if (field == 1)
            {
                withEnded = reader.Number() != 0;
            }
        }

        return withEnded;
    }

    /// <summary>What is wanted of some queries, as those of a node.</summary>
    public static IReadOnlyList<QueryRecord> Wanted(IReadOnlyList<QueryRecord> queries, bool withEnded, QueryNode? node) =>
        [.. queries.Where(record => withEnded || record.State is QueryState.Waiting or QueryState.Running).Select(record => record with { Node = node })];

    /// <summary>The answer, with as many as fit.</summary>
    /// <param name="queries">The most wanted first.</param>
    /// <param name="bytesMax">Of the message.</param>
    public static NodeMessage Answer(IReadOnlyList<QueryRecord> queries, int bytesMax)
    {
        var message = new MessageWriter();
        var one = new MessageWriter();
        int written = 0;
        foreach (QueryRecord record in queries)
        {
            one.Clear();
            Write(one, record);
            if (message.Length + one.Length > bytesMax)
            {
                break;
            }

            message.Bytes(1, one.Written);
            written++;
        }

        message.Number(2, (ulong)(queries.Count - written));
        return new NodeMessage(QueryMessage.Listed, message.Memory);
    }

    /// <summary>Reads the answer.</summary>
    /// <param name="message">All of it.</param>
    /// <param name="node">Whose queries they are.</param>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static (IReadOnlyList<QueryRecord> Queries, int LeftOut) ReadAnswer(NodeMessage message, QueryNode node)
    {
        if (message.Number != QueryMessage.Listed)
        {
            throw new WireFormatException($"message {message.Number:x4} is no list of queries");
        }

        List<QueryRecord> queries = [];
        int leftOut = 0;
        var reader = new MessageReader(message.Payload.Span);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    queries.Add(Read(reader.Bytes(), node));
                    break;
                case 2:
                    leftOut = reader.Number(int.MaxValue);
                    break;
            }
        }

        return (queries, leftOut);
    }

    private static void Write(MessageWriter into, QueryRecord record)
    {
        into.Number(1, (ulong)record.Id);
        into.Text(2, record.Query);
        into.Signed(3, record.Times.Start.Milliseconds);
        into.Signed(4, record.Times.End.Milliseconds);
        into.Number(5, (ulong)(record.Times.Step?.Ticks ?? 0));
        into.Number(6, (ulong)record.State);
        into.Number(7, (ulong)record.Began.UtcTicks);
        into.Number(8, (ulong)record.Elapsed.Ticks);
        into.Number(9, (ulong)record.SamplesHeld);
        into.Number(10, (ulong)record.SamplesPeak);
        into.Number(11, (ulong)((record.SamplesTotal + 1) ?? 0));
        into.Number(12, (ulong)((record.SeriesRead + 1) ?? 0));
        into.Text(13, record.Error);
        into.Number(14, (ulong)record.ShardsAsked);
        into.Number(15, (ulong)record.ShardsDone);
    }

    private static QueryRecord Read(ReadOnlySpan<byte> message, QueryNode node)
    {
        string query = string.Empty;
        string error = string.Empty;
        Span<long> numbers = stackalloc long[16];
        numbers.Clear();
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 2:
                    query = reader.Text();
                    break;
                case 13:
                    error = reader.Text();
                    break;
                case 3 or 4:
                    numbers[field] = reader.Signed();
                    break;
                case >= 1 and <= 15:
                    ulong number = reader.Number();
                    numbers[field] = number <= long.MaxValue ? (long)number : throw new WireFormatException($"{number} is no count");
                    break;
            }
        }

        if (numbers[6] > (long)QueryState.Canceled || numbers[7] > DateTimeOffset.MaxValue.UtcTicks || numbers[8] > DateTimeOffset.MaxValue.UtcTicks - numbers[7]
            || Math.Max(numbers[14], numbers[15]) > int.MaxValue)
        {
            throw new WireFormatException("what a query cannot have is said of one");
        }

        var times = new QueryTimes(new Timestamp(numbers[3]), new Timestamp(numbers[4]), numbers[5] > 0 ? TimeSpan.FromTicks(numbers[5]) : null);
        return new QueryRecord(
            numbers[1], query, times, (QueryState)numbers[6], new DateTimeOffset(numbers[7], TimeSpan.Zero), TimeSpan.FromTicks(numbers[8]), numbers[9], numbers[10],
            numbers[11] > 0 ? numbers[11] - 1 : null, numbers[12] > 0 ? numbers[12] - 1 : null, error)
        {
            ShardsAsked = (int)numbers[14],
            ShardsDone = (int)numbers[15],
            Node = node,
        };
    }
}
