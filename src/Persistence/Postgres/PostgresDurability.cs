using Npgsql;

namespace Pleiad.Persistence;

/// <summary>What the server is set up to promise.</summary>
internal static class PostgresDurability
{
    /// <summary>Ways in which this server could lose what it has acknowledged, each in a sentence for the operator; none when it is set up well.</summary>
    public static ValueTask<IReadOnlyList<string>> RisksAsync(PostgresControl control, CancellationToken cancel) => control.RunAsync<IReadOnlyList<string>>(
        async connection =>
        {
            (string Fsync, string Pages, string Commit, string Standbys, long Replicas) = (await new NpgsqlCommand(
                """
                SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
                       current_setting('synchronous_standby_names'), (SELECT count(*) FROM pg_stat_replication)
                """,
                connection).RowsAsync(
                    static reader => (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4)), cancel))[0];
            List<string> risks = [];
            if (Fsync != "on")
            {
                risks.Add("fsync is off: a power cut of the database loses acknowledged samples");
            }

            if (Pages != "on")
            {
                risks.Add("full_page_writes is off: a power cut of the database can damage it");
            }

            if (Standbys.Length == 0)
            {
                risks.Add(Replicas > 0
                    ? "synchronous_standby_names is empty although standbys are connected: a failover loses acknowledged samples"
                    : "the database has no synchronous standby: losing its disk loses the samples acknowledged since the last snapshots");
            }
            else if (Commit is "off" or "local")
            {
                risks.Add($"synchronous_commit is {Commit} by default; the journal's own connections ask for more");
            }

            return risks;
        },
        cancel);
}
