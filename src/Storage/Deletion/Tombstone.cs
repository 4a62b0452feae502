using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Says which samples of a shard are deleted: those of the series that satisfy all matchers, in a span of time, both ends inside.</summary>
/// <param name="Number">Its number in the shard; later ones are larger, none is used twice.</param>
/// <param name="Matchers">At least one.</param>
/// <param name="From">Milliseconds since the epoch: the first time that is deleted.</param>
/// <param name="Through">The last.</param>
/// <remarks>docs/formats/tombstones.md.</remarks>
public sealed record Tombstone(long Number, IReadOnlyList<Matcher> Matchers, long From, long Through)
{
    /// <summary>Matchers that one may have.</summary>
    public const int MatchersMax = 256;

    private const int MatcherBytesMin = 3;

    /// <summary>Appends the bytes that the journal and the file of tombstones have of it.</summary>
    internal void Write(ByteWriter to)
    {
        to.Varint((ulong)Number);
        to.Zigzag(From);
        to.Zigzag(Through);
        to.Varint(Matchers.Count);
        foreach (Matcher matcher in Matchers)
        {
            to.Byte((byte)matcher.Kind);
            to.Text(matcher.Name);
            to.Text(matcher.Value);
        }
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">The bytes are none.</exception>
    internal static Tombstone Read(ref ByteReader from)
    {
        var number = (long)from.Varint();
        long first = from.Zigzag();
        long last = from.Zigzag();
        var matchers = new Matcher[from.Count(MatchersMax, MatcherBytesMin)];
        for (int i = 0; i < matchers.Length; i++)
        {
            var kind = (MatchKind)from.Byte();
            if (!Enum.IsDefined(kind))
            {
                throw new FormatException($"there is no matcher of kind {(byte)kind}");
            }

            try
            {
                matchers[i] = new Matcher(from.Text(BatchRecord.TextBytesMax), kind, from.Text(BatchRecord.TextBytesMax));
            }
            catch (RegexSyntaxException e)
            {
                throw new FormatException(e.Message);
            }
        }

        if (number <= 0 || first > last || matchers.Length == 0)
        {
            throw new FormatException("a tombstone deletes nothing");
        }

        return new Tombstone(number, matchers, first, last);
    }
}
