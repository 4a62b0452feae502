namespace Pleiad.Storage.Tests;

/// <summary>The real file system says when it fails.</summary>
public sealed class DiskFilesTests
{
    [Fact]
    public void A_flush_that_the_device_refuses_is_an_error()
    {
        // There is nothing behind it that could be flushed: the system refuses, as it does when a disk fails.
        const string path = "/dev/null";
        using IFile file = new DiskFiles().OpenWrite(path);
        IOException refused = Assert.Throws<IOException>(file.Flush);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_appended_is_flushed()
    {
        string path = Path.GetTempFileName();
        using (IFile file = new DiskFiles().OpenWrite(path))
        {
            file.Append("journal"u8);
            file.Flush();
        }

        Assert.Equal("journal", File.ReadAllText(path));
        File.Delete(path);
    }
}
