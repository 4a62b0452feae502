using System.Xml.Linq;

namespace Pleiad.Architecture.Tests;

public sealed class ReferenceMapTests
{
    private static readonly Dictionary<string, string[]> Map = SourceTree.Block("map")
        .Select(line => line.Split("->"))
        .ToDictionary(parts => parts[0].Trim(), parts => Words(parts[1]));

    private static readonly Dictionary<string, string[]> Packages = SourceTree.Block("packages")
        .Select(line => line.Split(':'))
        .ToDictionary(parts => parts[0].Trim(), parts => Words(parts[1]));

    [Fact]
    public void Every_project_is_on_the_map_and_every_name_on_the_map_is_a_project() =>
        Assert.Equal(Map.Keys.Order(), SourceTree.SourceProjects().Keys.Order());

    [Fact]
    public void Project_references_are_exactly_those_of_the_map()
    {
        foreach ((string project, XDocument file) in SourceTree.SourceProjects())
        {
            IEnumerable<string> references = file.Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
            Assert.Equal((project, string.Join(' ', Map[project].Order())), (project, string.Join(' ', references.Order())));
        }
    }

    [Fact]
    public void References_only_point_up_the_list()
    {
        List<string> order = [.. Map.Keys];
        foreach ((string project, string[] references) in Map)
        {
            Assert.All(references, reference => Assert.True(
                order.IndexOf(reference) < order.IndexOf(project), $"{project} references {reference}, which stands below it"));
        }
    }

    [Fact]
    public void Packages_are_used_only_where_the_table_allows_them()
    {
        foreach ((string project, XDocument file) in SourceTree.SourceProjects())
        {
            string[] allowed = Packages.GetValueOrDefault(project, []);
            Assert.All(
                file.Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value),
                package => Assert.True(allowed.Contains(package), $"{project} uses {package}; ARCHITECTURE.md does not allow it there"));
        }
    }

    [Fact]
    public void Every_project_says_in_one_line_why_it_exists() =>
        Assert.All(SourceTree.SourceProjects(), project => Assert.True(
            project.Value.Root!.Nodes().OfType<XComment>().Any(), $"{project.Key}.csproj has no comment that says why it is a project of its own"));

    [Fact]
    public void Every_package_version_stands_in_one_place()
    {
        foreach ((string project, XDocument file) in SourceTree.SourceProjects())
        {
            Assert.All(file.Descendants("PackageReference"), reference => Assert.True(
                reference.Attribute("Version") is null, $"{project} names a version; it belongs into Directory.Packages.props"));
        }
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
