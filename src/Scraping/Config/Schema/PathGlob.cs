using System.IO.Enumeration;

namespace Pleiad.Scraping;

/// <summary>Patterns of files: a <c>*</c> stands for any characters of an element of the path.</summary>
public static class PathGlob
{
    /// <summary>Files one pattern may match.</summary>
    public const int FilesMax = 10_000;

    /// <summary>Whether the only wildcard, if any, is in the last element.</summary>
    internal static bool IsFilePattern(string pattern)
    {
        int star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0 || !pattern[(star + 1)..].Contains('/', StringComparison.Ordinal);
    }

    /// <summary>Whether it is a pattern of JSON or YAML files as file_sd accepts it.</summary>
    internal static bool IsFileDiscoveryPattern(string pattern) =>
        IsFilePattern(pattern)
        && (pattern.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            || pattern.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)
            || pattern.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase));

    /// <summary>The existing files of a pattern in order of names, spelled as the pattern spells what has no wildcard; none where a directory is missing.</summary>
    /// <remarks><c>*</c> and <c>?</c> in any element of the path. Errors of access count as nothing found.</remarks>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        List<string> found = [string.Empty];
        int from = 0;
        while (from < pattern.Length)
        {
            int slash = pattern.IndexOf('/', from);
            string element = pattern[from..(slash < 0 ? pattern.Length : slash + 1)];
            from += element.Length;
            found = element.AsSpan().IndexOfAny('*', '?') < 0
                ? found.ConvertAll(directory => directory + element)
                : [.. found.SelectMany(directory => Matching(directory, element)).Take(FilesMax)];
        }

        return [.. found.Where(File.Exists)];
    }

    private static IEnumerable<string> Matching(string directory, string element)
    {
        string place = directory.Length == 0 ? "." : directory;
        bool inside = element.EndsWith('/');
        string name = inside ? element[..^1] : element;
        try
        {
            IEnumerable<string> entries = inside ? Directory.EnumerateDirectories(place) : Directory.EnumerateFiles(place);
            return
            [
                .. entries
                    .Select(path => Path.GetFileName(path))
                    .Where(entry => FileSystemName.MatchesSimpleExpression(name, entry, ignoreCase: false))
                    .Take(FilesMax)
                    .Order(StringComparer.Ordinal)
                    .Select(entry => directory + entry + (inside ? "/" : string.Empty)),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
