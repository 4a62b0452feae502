namespace Pleiad.Gateway.Tests;

/// <summary>Answers that must not change by accident: tests/Golden/api. Set PLEIAD_GOLDEN=write to write them anew, then read the diff.</summary>
internal static class Golden
{
    public static void Same(string file, string answer)
    {
        string path = Path.Combine(Directory(), file);
        if (Environment.GetEnvironmentVariable("PLEIAD_GOLDEN") == "write")
        {
            File.WriteAllText(path, answer + "\n");
        }

        Assert.Equal(File.ReadAllText(path).TrimEnd('\n'), answer);
    }

    private static string Directory()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "cluster.sln")))
            {
                return Path.Combine(at.FullName, "tests", "Golden", "api");
            }
        }

        throw new DirectoryNotFoundException("tests/Golden/api");
    }
}
