using Microsoft.Data.Sqlite;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class SqliteMembership(SqliteDatabase database) : IMembershipStore
{
    public ValueTask<MembershipView> ReadAsync(CancellationToken cancel) => database.ReadAsync(Read);

    public ValueTask<MembershipView?> TryChangeAsync(long seenVersion, IReadOnlyList<Member> changed, CancellationToken cancel) =>
        database.WriteAsync(connection =>
        {
            int first = new SqliteCommand("UPDATE membership_view SET version = version + 1 WHERE version = $seen", connection)
                .With("$seen", seenVersion).Do();
            if (first != 1)
            {
                return null;
            }

            foreach (Member member in changed)
            {
                new SqliteCommand("DELETE FROM node WHERE incarnation = $incarnation", connection).With("$incarnation", member.Incarnation.Value).Do();
                if (member.Status != MemberStatus.Removed)
                {
                    new SqliteCommand("INSERT INTO node VALUES ($incarnation, $member)", connection)
                        .With("$incarnation", member.Incarnation.Value).With("$member", StoredJson.Of(member)).Do();
                }
            }

            return Read(connection);
        });

    private static MembershipView Read(SqliteConnection connection)
    {
        long version = new SqliteCommand("SELECT version FROM membership_view", connection).Rows(static reader => reader.GetInt64(0))[0];
        List<Member> members = new SqliteCommand("SELECT member FROM node", connection).Rows(static reader => StoredJson.MemberOf(reader.GetString(0)));
        return new MembershipView(version, [.. members.OrderBy(static member => member.Incarnation.Value)]);
    }
}
