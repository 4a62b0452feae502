using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>Reads what one shard sends.</summary>
/// <typeparam name="T">What comes of it.</typeparam>
internal interface IShardReader<T>
{
    /// <summary>Takes in a record.</summary>
    /// <exception cref="WireFormatException">It does not belong there.</exception>
    void Read(RecordKind kind, ReadOnlySpan<byte> record);

    /// <summary>All records have come.</summary>
    /// <exception cref="WireFormatException">They have not.</exception>
    T Finish();

    /// <summary>Nobody wants it.</summary>
    void GiveUp();
}

/// <summary>One read from one peer, from its first part to its last.</summary>
/// <typeparam name="T">What comes of each shard.</typeparam>
internal sealed class PeerStream<T>(ShardPeer peer, BeginRead begin, Func<LabelSymbolsReader, IShardReader<T>> newReader)
{
    // The longest record is a series with its native histograms over all steps.
    private const int RecordBytesMax = 256 << 20;

    private readonly RecordStreamReader _records = new(RecordBytesMax);
    private readonly LabelSymbolsReader _symbols = new();
    private readonly List<(ShardHeader Header, IShardReader<T>? Reader)> _shards = [];

    /// <summary>Reads it.</summary>
    /// <param name="left">How long it may take.</param>
    /// <param name="cancel">Nobody wants it any more.</param>
    /// <returns>What each shard sent, in the order they were asked for, or what the node sent where none was asked for; no value where it does not have the shard.</returns>
    /// <exception cref="QueryException">The other node says so.</exception>
    /// <exception cref="PeerFailedException">It does not answer, or answers what is none.</exception>
    public async Task<IReadOnlyList<(ShardHeader Header, bool HasValue, T? Value)>> ReadAsync(Func<TimeSpan> left, CancellationToken cancel)
    {
        try
        {
            var message = new MessageWriter();
            begin.Write(message);
            if (message.Length > QueryMessage.BeginBytesMax)
            {
                throw new QueryException(QueryErrorKind.Execution, $"the query is too long to be sent to other nodes: {message.Length} bytes");
            }

            ushort number = QueryMessage.Begin;
            for (ulong part = 1; ; part++)
            {
                NodeReply reply = await peer.Link.AskAsync(Lane.Query, new NodeMessage(number, message.Memory), left()).AsTask().WaitAsync(cancel);
                if (reply.Result != ReplyResult.Answered || reply.Message.Number != QueryMessage.Part)
                {
                    throw new PeerFailedException(reply.Reason ?? $"message {reply.Message.Number:x4} is no part");
                }

                if (Take(reply.Message.Payload.Span))
                {
                    return Finish();
                }

                message.Clear();
                new NextRead(begin.Query, begin.Stream, part).Write(message);
                number = QueryMessage.Next;
            }
        }
        catch (WireFormatException e)
        {
            GiveUp();
            throw new PeerFailedException(e.Message);
        }
        catch
        {
            // Whatever it is, what came so far is not held any longer.
            GiveUp();
            throw;
        }
    }

    private bool Take(ReadOnlySpan<byte> part)
    {
        bool isLast = false;
        bool hasBytes = false;
        var reader = new MessageReader(part);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    throw QueryErrorMessage.Read(reader.Bytes());
                case 2:
                    ReadOnlySpan<byte> bytes = reader.Bytes();
                    hasBytes |= bytes.Length > 0;
                    _records.Add(bytes);
                    break;
                case 3:
                    isLast = reader.Number() != 0;
                    break;
            }
        }

        // Else a peer could go on for ever.
        if (!isLast && !hasBytes)
        {
            throw new WireFormatException("a part without bytes that is not the last");
        }

        while (_records.Next(out ReadOnlySpan<byte> record))
        {
            Record(record);
        }

        return isLast;
    }

    private void Record(ReadOnlySpan<byte> record)
    {
        var reader = new MessageReader(record);
        if (!reader.Next(out int kind))
        {
            throw new WireFormatException("an empty record");
        }

        ReadOnlySpan<byte> content = reader.Bytes();
        ReadWhole();
        if (kind != (int)RecordKind.Shard)
        {
            IShardReader<T> shard = (_shards.Count > 0 ? _shards[^1].Reader : null) ?? throw new WireFormatException("a record of no shard");
            shard.Read((RecordKind)kind, content);
            return;
        }

        ShardHeader header = ShardHeader.Read(content);
        if (_shards.Count >= begin.Shards.Count || header.Shard != begin.Shards[_shards.Count])
        {
            throw new WireFormatException($"shard {header.Shard} was not asked for here");
        }

        _shards.Add((header, header.IsServed ? newReader(_symbols) : null));
    }

    // What is of the node as a whole has no header.
    private void ReadWhole()
    {
        if (begin.Shards.Count == 0 && _shards.Count == 0)
        {
            _shards.Add((default, newReader(_symbols)));
        }
    }

    private List<(ShardHeader Header, bool HasValue, T? Value)> Finish()
    {
        ReadWhole();
        if (_shards.Count != Math.Max(1, begin.Shards.Count) || !_records.IsBetweenRecords)
        {
            throw new WireFormatException($"the answer ends after {_shards.Count} of {begin.Shards.Count} shards");
        }

        return _shards.ConvertAll(static shard => (shard.Header, shard.Reader is not null, shard.Reader is { } reader ? reader.Finish() : default));
    }

    private void GiveUp()
    {
        foreach ((_, IShardReader<T>? reader) in _shards)
        {
            reader?.GiveUp();
        }
    }
}

/// <summary>Another node did not answer as it should; another copy can be asked.</summary>
internal sealed class PeerFailedException(string message) : Exception(message);
