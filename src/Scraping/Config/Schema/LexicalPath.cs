namespace Pleiad.Scraping;

/// <summary>Paths as text, without looking at the file system.</summary>
internal static class LexicalPath
{
    /// <summary>A relative path seen from a directory, with <c>.</c> and <c>..</c> resolved; absolute and empty paths stay.</summary>
    public static string Join(string directory, string path) =>
        path.Length == 0 || path.StartsWith('/') ? path : Clean(directory is "" or "." ? path : directory + "/" + path);

    private static string Clean(string path)
    {
        bool rooted = path.StartsWith('/');
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
            {
                continue;
            }

            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".." || !rooted)
            {
                parts.Add(part);
            }
        }

        string joined = string.Join('/', parts);
        return rooted ? "/" + joined : joined.Length == 0 ? "." : joined;
    }
}
