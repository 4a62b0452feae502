using System.Xml.Linq;

namespace Pleiad.Architecture.Tests;

/// <summary>The repository as files: where it is, its projects, its sources.</summary>
internal static class SourceTree
{
    public static readonly string Root = FindRoot();

    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
                && !file.Contains("/node_modules/", StringComparison.Ordinal));

    public static IReadOnlyDictionary<string, XDocument> SourceProjects() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), XDocument.Load);

    public static string Relative(string file) => Path.GetRelativePath(Root, file);

    /// <summary>The lines of a fenced block of ARCHITECTURE.md.</summary>
    public static IEnumerable<string> Block(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Root, "ARCHITECTURE.md"));
        int start = Array.IndexOf(lines, "```" + name);
        Assert.True(start >= 0, $"ARCHITECTURE.md has a block ```{name}");
        return lines.Skip(start + 1).TakeWhile(line => line != "```").Where(line => line.Length > 0);
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
