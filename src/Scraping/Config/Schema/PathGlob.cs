using System.IO.Enumeration;

namespace Pleiad.Scraping;

/// <summary>Patterns of files: a <c>*</c> in the last element of the path stands for any characters.</summary>
internal static class PathGlob
{
    /// <summary>Files one pattern may match.</summary>
    public const int FilesMax = 10_000;

    /// <summary>Whether the only wildcard, if any, is in the last element.</summary>
    public static bool IsFilePattern(string pattern)
    {
        int star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0 || !pattern[(star + 1)..].Contains('/', StringComparison.Ordinal);
    }

    /// <summary>Whether it is a pattern of JSON or YAML files as file_sd accepts it.</summary>
    public static bool IsFileDiscoveryPattern(string pattern) =>
        IsFilePattern(pattern)
        && (pattern.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            || pattern.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)
            || pattern.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase));

    /// <summary>The existing files of a pattern in order of names, spelled as the pattern spells their directory; none where the directory is missing.</summary>
    /// <remarks><c>*</c> and <c>?</c> in the last element. Errors of access count as nothing found.</remarks>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        int slash = pattern.LastIndexOf('/');
        string directory = pattern[..(slash + 1)];
        string last = pattern[(slash + 1)..];
        if (last.AsSpan().IndexOfAny('*', '?') < 0)
        {
            return File.Exists(pattern) ? [pattern] : [];
        }

        try
        {
            return
            [
                .. Directory.EnumerateFiles(directory.Length == 0 ? "." : directory)
                    .Select(path => Path.GetFileName(path))
                    .Where(name => FileSystemName.MatchesSimpleExpression(last, name, ignoreCase: false))
                    .Take(FilesMax)
                    .Order(StringComparer.Ordinal)
                    .Select(name => directory + name),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
