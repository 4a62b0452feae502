using System.Runtime.CompilerServices;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>The file that says how far destinations have everything.</summary>
public sealed class SendPositionsTests
{
    [Fact]
    public void The_golden_file_is_read_and_written_byte_by_byte()
    {
        byte[] golden = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "Golden", "formats", "remote-write-v1.json"));
        using var place = new TempDirectory();
        using DataDirectory directory = DataDirectory.Open(new DiskFiles(), place.Path, 1);
        directory.WriteNote("remote-write.json", golden);
        IReadOnlyDictionary<string, long> read = new SendPositions(directory).Load();
        Assert.Equal(new Dictionary<string, long> { ["https://far.example/api/v1/write"] = 1795991362318, ["near"] = -5 }, read);
        new SendPositions(directory).Save(new Dictionary<string, long>(read), clean: true);
        Assert.Equal(golden, directory.ReadNote("remote-write.json"));

        // Without an orderly end what came in the last ten seconds is sent again.
        new SendPositions(directory).Save(new Dictionary<string, long>(read), clean: false);
        Assert.Equal(1795991352318, new SendPositions(directory).Load()["https://far.example/api/v1/write"]);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
