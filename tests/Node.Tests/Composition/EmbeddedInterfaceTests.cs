using System.IO.Compression;
using Pleiad.Gateway;

namespace Pleiad.Node.Tests;

public sealed class EmbeddedInterfaceTests
{
    [SkippableFact]
    public void What_was_compressed_beforehand_is_the_file_itself_and_what_was_not_has_none()
    {
        IReadOnlyList<UiFile> files = EmbeddedInterface.Files();
        Skip.If(files.Count == 0, "the interface was not built: that takes Node.js with npm");
        Assert.Contains(files, file => file.Path == UiFile.IndexPath);
        Assert.Contains(files, file => file.Brotli is not null);
        Assert.Contains(files, file => file.Brotli is null);
        foreach (UiFile file in files)
        {
            Assert.False(file.Plain.IsEmpty, file.Path);
            Assert.Equal(file.Gzip is null, file.Brotli is null);
            if (file.Gzip is { } gzip && file.Brotli is { } brotli)
            {
                Assert.Equal(file.Plain.ToArray(), Read(new GZipStream(new MemoryStream(gzip.ToArray()), CompressionMode.Decompress)));
                Assert.Equal(file.Plain.ToArray(), Read(new BrotliStream(new MemoryStream(brotli.ToArray()), CompressionMode.Decompress)));
            }
        }
    }

    private static byte[] Read(Stream stream)
    {
        using (stream)
        {
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        }
    }
}
