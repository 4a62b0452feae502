using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Node.Tests;

public sealed class OfflineStorageTests
{
    [Fact]
    public void A_directory_of_a_cluster_is_refused_whatever_the_settings_say_until_a_node_by_itself_has_used_it()
    {
        using var place = new TempDirectory();
        NodeSettings defaults = SettingsFile.Load(null, static _ => null);
        NodeSettings settings = defaults with { Storage = defaults.Storage with { Path = place.Path, Shards = 2 } };
        Note(isOfCluster: true);
        UsageException refused = Assert.Throws<UsageException>(() => Open(settings));
        Assert.Contains("one of a cluster", refused.Message, StringComparison.Ordinal);
        Note(isOfCluster: false);
        Open(settings).Dispose();

        void Note(bool isOfCluster)
        {
            using DataDirectory directory = DataDirectory.Open(new DiskFiles(), place.Path, shardCount: 2);
            directory.NoteCluster(isOfCluster);
            Assert.Equal(isOfCluster, directory.IsOfCluster);
        }
    }

    [Fact]
    public void What_an_export_leaves_out_is_said_by_kind()
    {
        Assert.Empty(default(ExportLosses).Plus(0, 0).Lines());
        string[] lines = [.. default(ExportLosses).Plus(1200, 0).Plus(34, 1).Plus(0, 2).Lines()];
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("left out: 1,234 native histograms of 2 series", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("left out: 3 stale markers of 2 series", lines[1], StringComparison.Ordinal);
    }

    private static OfflineStorage Open(NodeSettings settings) =>
        OfflineStorage.Open(settings, isMade: true, new ProgressLines(TextWriter.Null, TimeProvider.System), CancellationToken.None);
}
