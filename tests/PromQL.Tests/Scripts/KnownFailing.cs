namespace Pleiad.PromQL.Tests;

/// <summary>Evals of the reference's scripts that do not pass yet: <c>file:line</c>, one a line.</summary>
internal static class KnownFailing
{
    private static readonly HashSet<string> Places = [.. Read()];

    public static bool Contains(string place) => Places.Contains(place);

    private static string[] Read()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "tests", "Golden", "promql", "known-failing.txt");
            if (File.Exists(path))
            {
                return [.. File.ReadAllLines(path).Where(line => line.Length > 0 && line[0] != '#')];
            }
        }

        return [];
    }
}
