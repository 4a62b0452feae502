namespace Pleiad.Persistence;

/// <summary>The eight tables that the journal goes round in. Which one a record is in decides nothing: readers read all, and one is emptied only when nobody needs any of its records.</summary>
internal static class PostgresRing
{
    public const int Tables = 8;

    private const string AppendHead = """
        WITH b AS (SELECT * FROM unnest($1::int[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bytea[])
                   AS b(shard_id, epoch, token, seq, hash, payload)),
             g AS (SELECT DISTINCT ON (shard_id) shard_id, epoch, token, hash,
                          seq AS last, first_value(seq) OVER (PARTITION BY shard_id ORDER BY seq) AS first
                   FROM b ORDER BY shard_id, seq DESC),
             f AS (UPDATE shard s SET next_seq = g.last + 1, hash = g.hash FROM g
                   WHERE s.shard_id = g.shard_id AND s.epoch = g.epoch AND s.token = g.token AND s.next_seq = g.first RETURNING s.shard_id)
        INSERT INTO
        """;

    private const string AppendTail = """
        (shard_id, seq, epoch, hash, payload)
        SELECT b.shard_id, b.seq, b.epoch, b.hash, b.payload FROM b JOIN f USING (shard_id) RETURNING shard_id
        """;

    private const string NeededTail = " j JOIN shard s USING (shard_id) WHERE j.seq > s.previous_snapshot_seq)";

    // In one statement: fence, number and check for duplicates (the UPDATE of f), and the records. All or nothing a shard.
    private static readonly string[] s_append =
    [
        AppendHead + " journal_0" + AppendTail, AppendHead + " journal_1" + AppendTail, AppendHead + " journal_2" + AppendTail,
        AppendHead + " journal_3" + AppendTail, AppendHead + " journal_4" + AppendTail, AppendHead + " journal_5" + AppendTail,
        AppendHead + " journal_6" + AppendTail, AppendHead + " journal_7" + AppendTail,
    ];

    private static readonly string[] s_lock =
    [
        "LOCK TABLE journal_0", "LOCK TABLE journal_1", "LOCK TABLE journal_2", "LOCK TABLE journal_3",
        "LOCK TABLE journal_4", "LOCK TABLE journal_5", "LOCK TABLE journal_6", "LOCK TABLE journal_7",
    ];

    private static readonly string[] s_truncate =
    [
        "TRUNCATE journal_0", "TRUNCATE journal_1", "TRUNCATE journal_2", "TRUNCATE journal_3",
        "TRUNCATE journal_4", "TRUNCATE journal_5", "TRUNCATE journal_6", "TRUNCATE journal_7",
    ];

    private static readonly string[] s_isNeeded =
    [
        "SELECT EXISTS (SELECT 1 FROM journal_0" + NeededTail, "SELECT EXISTS (SELECT 1 FROM journal_1" + NeededTail,
        "SELECT EXISTS (SELECT 1 FROM journal_2" + NeededTail, "SELECT EXISTS (SELECT 1 FROM journal_3" + NeededTail,
        "SELECT EXISTS (SELECT 1 FROM journal_4" + NeededTail, "SELECT EXISTS (SELECT 1 FROM journal_5" + NeededTail,
        "SELECT EXISTS (SELECT 1 FROM journal_6" + NeededTail, "SELECT EXISTS (SELECT 1 FROM journal_7" + NeededTail,
    ];

    private static readonly string[] s_isEmpty =
    [
        "SELECT NOT EXISTS (SELECT 1 FROM journal_0)", "SELECT NOT EXISTS (SELECT 1 FROM journal_1)",
        "SELECT NOT EXISTS (SELECT 1 FROM journal_2)", "SELECT NOT EXISTS (SELECT 1 FROM journal_3)",
        "SELECT NOT EXISTS (SELECT 1 FROM journal_4)", "SELECT NOT EXISTS (SELECT 1 FROM journal_5)",
        "SELECT NOT EXISTS (SELECT 1 FROM journal_6)", "SELECT NOT EXISTS (SELECT 1 FROM journal_7)",
    ];

    public static string Append(int table) => s_append[table];

    public static string Lock(int table) => s_lock[table];

    public static string Truncate(int table) => s_truncate[table];

    public static string IsNeeded(int table) => s_isNeeded[table];

    public static string IsEmpty(int table) => s_isEmpty[table];
}
