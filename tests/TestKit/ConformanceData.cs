namespace Pleiad.TestKit;

/// <summary>Where the conformance data lies: <c>../shared/conformance</c> beside the directory that has <c>cluster.sln</c>.</summary>
public static class ConformanceData
{
    /// <summary>What a skipped test says.</summary>
    public const string Absent = "the conformance data is not there (../shared/conformance beside the repository)";

    /// <summary>The directory; null where it is not there.</summary>
    public static string? Directory { get; } = Find();

    /// <summary>The full path of a file of it.</summary>
    public static string PathOf(string relative) => Path.Combine(Directory ?? throw new DirectoryNotFoundException(Absent), relative);

    private static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "cluster.sln")))
            {
                string beside = Path.GetFullPath(Path.Combine(at.FullName, "..", "shared", "conformance"));
                return System.IO.Directory.Exists(beside) ? beside : null;
            }
        }

        return null;
    }
}
