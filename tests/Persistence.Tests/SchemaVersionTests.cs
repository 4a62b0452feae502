using Pleiad.Kernel;

namespace Pleiad.Persistence.Tests;

public sealed class SchemaVersionTests
{
    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(2, 3, 3)]
    [InlineData(3, 3, 4)]
    [InlineData(4, 3, 5)]
    public void Older_tables_are_migrated_and_those_of_the_next_version_are_used_as_they_are(int found, int current, int first) =>
        Assert.Equal(first, SchemaVersion.FirstMigration(found, current));

    [Fact]
    public void Tables_two_versions_ahead_are_refused() => Assert.Throws<ClusterStoreException>(() => SchemaVersion.FirstMigration(5, 3));
}
