namespace Pleiad.TestKit;

/// <summary>A directory of its own for one test, gone with everything in it when disposed.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <summary>Creates it.</summary>
    public TempDirectory() => Path = Directory.CreateTempSubdirectory("pleiad-test-").FullName;

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>A path inside, which need not exist.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
