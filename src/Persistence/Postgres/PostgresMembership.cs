using Npgsql;
using NpgsqlTypes;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class PostgresMembership(PostgresControl control) : IMembershipStore
{
    public ValueTask<MembershipView> ReadAsync(CancellationToken cancel) => control.RunAsync(connection => ReadAsync(connection, cancel), cancel);

    public ValueTask<MembershipView?> TryChangeAsync(long seenVersion, IReadOnlyList<Member> changed, CancellationToken cancel) =>
        control.TransactAsync<MembershipView?>(
            async connection =>
            {
                // The row lock is held until the commit, so views are changed one after the other.
                int first = await new NpgsqlCommand("UPDATE membership_view SET version = version + 1 WHERE version = $1", connection)
                    .With(seenVersion).DoAsync(cancel);
                if (first != 1)
                {
                    return (false, null);
                }

                foreach (Member member in changed)
                {
                    await WriteAsync(connection, member, cancel);
                }

                return (true, await ReadAsync(connection, cancel));
            },
            cancel);

    private static async Task WriteAsync(NpgsqlConnection connection, Member member, CancellationToken cancel)
    {
        if (member.Status == MemberStatus.Removed)
        {
            await new NpgsqlCommand("DELETE FROM node WHERE incarnation = $1", connection).With(member.Incarnation.Value).DoAsync(cancel);
            return;
        }

        NpgsqlCommand write = new NpgsqlCommand(
            "INSERT INTO node(incarnation, member) VALUES ($1, $2) ON CONFLICT (incarnation) DO UPDATE SET member = excluded.member", connection)
            .With(member.Incarnation.Value);
        write.Parameters.Add(new NpgsqlParameter { Value = StoredJson.Of(member), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await write.DoAsync(cancel);
    }

    // In one statement, so that version and members belong together.
    private static async Task<MembershipView> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        List<(long Version, string? Member)> rows = await new NpgsqlCommand(
            "SELECT version, member::text FROM membership_view LEFT JOIN node ON true", connection)
            .RowsAsync(static reader => (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1)), cancel);
        return new MembershipView(
            rows[0].Version,
            [.. rows.Where(static row => row.Member is not null).Select(static row => StoredJson.MemberOf(row.Member!)).OrderBy(static member => member.Incarnation.Value)]);
    }
}
