namespace Pleiad.Outside.Tests;

/// <summary>Where things lie: the repository, and the test data beside it.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    /// <summary>Debug or Release, as these tests are built.</summary>
    public static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Conformance data, or null where it is absent.</summary>
    public static string? Conformance(string path)
    {
        string full = Path.Combine(Root, "../shared/conformance", path);
        return Path.Exists(full) ? full : null;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "cluster.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("no directory above the tests holds cluster.sln");
    }
}

/// <summary>A directory that is gone after the test.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pleiad-outside-").FullName;

    public string File(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
