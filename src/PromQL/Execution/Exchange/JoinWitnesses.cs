using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// What each join of a query has seen: steps at which the "one" side has two series of a group, and steps at which the "many" side has
/// any series. Together they are an error, in whichever groups and shards they stand.
/// </summary>
internal sealed class JoinWitnesses
{
    private readonly Dictionary<SourceSpan, Witness> _joins = [];

    /// <summary>Adds what a join has seen over the series of one shard.</summary>
    /// <param name="at">Where the join stands in the text.</param>
    /// <param name="many">Steps with a series of the "many" side.</param>
    /// <param name="twice">Steps with two series of a group, or null.</param>
    /// <param name="error">What is wrong, where <paramref name="twice"/> is not null.</param>
    /// <exception cref="QueryException">The two meet.</exception>
    public void Add(SourceSpan at, ReadOnlySpan<ulong> many, ReadOnlySpan<ulong> twice, QueryException? error)
    {
        if (!_joins.TryGetValue(at, out Witness? join))
        {
            _joins.Add(at, join = new Witness(new ulong[many.Length], new ulong[many.Length]));
        }

        StepBits.Or(many, join.Many);
        if (error is not null)
        {
            StepBits.Or(twice, join.Twice);
            join.Error ??= error;
        }

        if (join.Error is not null && StepBits.Overlap(join.Twice, join.Many))
        {
            throw join.Error;
        }
    }

    /// <summary>Adds what the joins of a shard have seen.</summary>
    /// <exception cref="QueryException">Together with the others it is an error.</exception>
    public void Absorb(JoinWitnesses shard)
    {
        foreach ((SourceSpan at, Witness join) in shard._joins)
        {
            Add(at, join.Many, join.Twice, join.Error);
        }
    }

    /// <summary>Writes them into a message.</summary>
    public void Write(MessageWriter into)
    {
        foreach ((SourceSpan at, Witness join) in _joins)
        {
            int mark = into.Begin(1);
            into.Number(1, (ulong)at.Start);
            into.Number(2, (ulong)at.End);
            into.Column<ulong>(3, join.Many);
            into.Column<ulong>(4, join.Twice);
            if (join.Error is { } error)
            {
                int told = into.Begin(5);
                QueryErrorMessage.Write(into, error);
                into.End(told);
            }

            into.End(mark);
        }
    }

    /// <summary>Adds what was written elsewhere.</summary>
    /// <param name="message">From <see cref="Write"/>.</param>
    /// <exception cref="WireFormatException">It was not.</exception>
    /// <exception cref="QueryException">What was seen is an error.</exception>
    public void Read(ReadOnlySpan<byte> message)
    {
        var joins = new MessageReader(message);
        while (joins.Next(out int kind))
        {
            if (kind == 1)
            {
                ReadOne(joins.Bytes());
            }
        }
    }

    private void ReadOne(ReadOnlySpan<byte> message)
    {
        int start = 0;
        int end = 0;
        ulong[] many = [];
        ulong[] twice = [];
        QueryException? error = null;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    start = reader.Number(int.MaxValue);
                    break;
                case 2:
                    end = reader.Number(int.MaxValue);
                    break;
                case 3:
                    many = reader.Column<ulong>();
                    break;
                case 4:
                    twice = reader.Column<ulong>();
                    break;
                case 5:
                    error = QueryErrorMessage.Read(reader.Bytes());
                    break;
            }
        }

        var at = new SourceSpan(start, end);
        if (many.Length != twice.Length || (_joins.TryGetValue(at, out Witness? known) && known.Many.Length != many.Length))
        {
            throw new WireFormatException("a join with bitmaps of several lengths");
        }

        Add(at, many, twice, error);
    }

    private sealed record Witness(ulong[] Many, ulong[] Twice)
    {
        public QueryException? Error { get; set; }
    }
}
