using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class PathGlobTests
{
    [Theory]
    [InlineData("a.yml", "a.yml")]
    [InlineData("*.yml", "a.yml b.yml")]
    [InlineData("?.yml", "a.yml b.yml")]
    [InlineData("*/*.yml", "one/c.yml two/c.yml")]
    [InlineData("*/c.yml", "one/c.yml two/c.yml")]
    [InlineData("one/*", "one/c.yml")]
    [InlineData("none/*.yml", "")]
    [InlineData("one", "")]
    public void A_pattern_is_expanded_in_order_of_names(string pattern, string expected)
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["one"]);
        Directory.CreateDirectory(directory["two"]);
        foreach (string file in (string[])["b.yml", "a.yml", "d.txt", "two/c.yml", "one/c.yml"])
        {
            File.WriteAllText(directory[file], string.Empty);
        }

        string prefix = directory.Path + "/";
        Assert.Equal(expected, string.Join(' ', PathGlob.Expand(prefix + pattern).Select(path => path[prefix.Length..])));
    }
}
