using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>A <c>prometheus.ReadRequest</c>: queries, and in which form the answer is wanted.</summary>
/// <param name="Queries">Answered in this order.</param>
/// <param name="WantsStream">Whether chunks in a stream come before samples among what is accepted.</param>
public sealed record RemoteReadRequest(IReadOnlyList<RemoteReadQuery> Queries, bool WantsStream)
{
    /// <summary>Reads one.</summary>
    /// <param name="message">Decompressed.</param>
    /// <param name="queriesMax">Queries at most.</param>
    /// <exception cref="PageSyntaxException">The bytes are no such message, or a matcher is wrong.</exception>
    /// <exception cref="PageLimitException">It holds too many queries.</exception>
    public static RemoteReadRequest Read(ReadOnlySpan<byte> message, int queriesMax)
    {
        var queries = new List<RemoteReadQuery>();
        var accepted = new List<ulong>();
        var reader = new WireReader(message, 0, 0);
        while (reader.TryReadField(out int field, out int type))
        {
            switch (field, type)
            {
                case (1, WireReader.Bytes):
                    if (queries.Count == queriesMax)
                    {
                        throw new PageLimitException("queries", $"more than {queriesMax} queries in one request");
                    }

                    queries.Add(ReadQuery(reader.ReadMessage(queries.Count + 1)));
                    break;
                case (2, WireReader.Varint):
                    accepted.Add(reader.ReadVarint());
                    break;
                case (2, WireReader.Bytes):
                    WireReader packed = reader.ReadMessage();
                    while (!packed.AtEnd)
                    {
                        accepted.Add(packed.ReadVarint());
                    }

                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        // The first that is known wins; a list that is empty means samples.
        ulong first = accepted.Find(type => type <= 1);
        return new RemoteReadRequest(queries, first == 1);
    }

    private static RemoteReadQuery ReadQuery(WireReader reader)
    {
        long start = 0;
        long end = 0;
        var matchers = new List<Matcher>();
        while (reader.TryReadField(out int field, out int type))
        {
            switch (field, type)
            {
                case (1, WireReader.Varint): start = (long)reader.ReadVarint(); break;
                case (2, WireReader.Varint): end = (long)reader.ReadVarint(); break;
                case (3, WireReader.Bytes): matchers.Add(ReadMatcher(reader.ReadMessage())); break;
                default: reader.Skip(type); break;
            }
        }

        return new RemoteReadQuery(start, end, matchers);
    }

    private static Matcher ReadMatcher(WireReader reader)
    {
        ulong kind = 0;
        ReadOnlySpan<byte> name = [];
        ReadOnlySpan<byte> value = [];
        WireReader whole = reader;
        while (reader.TryReadField(out int field, out int type))
        {
            switch (field, type)
            {
                case (1, WireReader.Varint): kind = reader.ReadVarint(); break;
                case (2, WireReader.Bytes): name = reader.ReadBytes(); break;
                case (3, WireReader.Bytes): value = reader.ReadBytes(); break;
                default: reader.Skip(type); break;
            }
        }

        try
        {
            return new Matcher(
                LabelBytes.TextOf(name),
                kind switch
                {
                    0 => MatchKind.Equal,
                    1 => MatchKind.NotEqual,
                    2 => MatchKind.Regex,
                    3 => MatchKind.NotRegex,
                    _ => throw whole.Fault("invalid matcher type"),
                },
                LabelBytes.TextOf(value));
        }
        catch (Exception wrong) when (wrong is DecoderFallbackException or RegexSyntaxException or ArgumentException)
        {
            throw whole.Fault($"invalid matcher: {wrong.Message}");
        }
    }
}

/// <summary>One query of a request.</summary>
/// <param name="StartMs">The earliest sample wanted.</param>
/// <param name="EndMs">The latest sample wanted.</param>
/// <param name="Matchers">All must hold.</param>
public sealed record RemoteReadQuery(long StartMs, long EndMs, IReadOnlyList<Matcher> Matchers);
