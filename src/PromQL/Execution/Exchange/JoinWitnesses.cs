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

    private sealed record Witness(ulong[] Many, ulong[] Twice)
    {
        public QueryException? Error { get; set; }
    }
}
