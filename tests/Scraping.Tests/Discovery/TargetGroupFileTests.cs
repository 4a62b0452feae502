using System.Text;
using System.Text.Json;
using Pleiad.Model;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class TargetGroupFileTests
{
    public static TheoryData<int> FileCases() => new(Enumerable.Range(0, Cases().Count));

    [SkippableTheory]
    [MemberData(nameof(FileCases))]
    public void Files_of_target_groups_are_read_as_in_the_reference(int index)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        JsonElement test = Cases()[index];
        string path = ConformanceData.PathOf($"config/file_sd/{test.GetProperty("file").GetString()}");
        if (test.TryGetProperty("expect", out JsonElement expect) && expect.GetString() == "reject")
        {
            string expected = (test.TryGetProperty("error", out JsonElement error) ? error : test.GetProperty("error_contains")).GetString()!;
            ConfigException refused = Assert.Throws<ConfigException>(() => TargetGroupFile.Read(path));
            Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
            return;
        }

        IReadOnlyList<TargetGroup> groups = TargetGroupFile.Read(path);
        Assert.Equal(Enumerable.Range(0, groups.Count).Select(i => $"{path}:{i}"), groups.Select(group => group.Source));
        Assert.All(groups, group => Assert.Equal(path, group.Labels.Get("__meta_filepath")));
        if (!test.TryGetProperty("groups", out JsonElement expectedGroups))
        {
            return;
        }

        if (expectedGroups.ValueKind == JsonValueKind.String)
        {
            expectedGroups = Cases().Single(other => other.GetProperty("file").GetString() == "valid.yml").GetProperty("groups");
        }

        Assert.Equal(
            expectedGroups.EnumerateArray().Select(group => string.Join(',', group.GetProperty("targets").EnumerateArray().Select(target => target.GetString()))),
            groups.Select(group => string.Join(',', group.Targets.Select(target => target.Get("__address__")))));
        Assert.Equal(
            expectedGroups.EnumerateArray().Select(group => group.TryGetProperty("labels", out JsonElement labels)
                ? Labels.From([.. labels.EnumerateObject().Select(label => (label.Name, label.Value.GetString()!))])
                : Labels.Empty),
            groups.Select(group => group.Labels.Without("__meta_filepath")));
    }

    [SkippableFact]
    public void A_group_with_a_label_that_is_not_valid_is_refused()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        string text = File.ReadAllText(ConformanceData.PathOf("config/testdata/static_config.bad.yml"));
        Assert.Throws<ConfigException>(() => TargetGroupFile.ParseYaml("- " + text.Trim().Replace("\n", "\n  ", StringComparison.Ordinal), "group", "__meta_filepath"));
    }

    [Theory]
    [InlineData("[{\"targets\":[\"a:1\"],\"labels\":{\"x\":1}}]")]
    [InlineData("[{\"targets\":[1]}]")]
    [InlineData("[{\"targets\":\"a:1\"}]")]
    [InlineData("{\"targets\":[]}")]
    [InlineData("[{\"target\":[]}]")]
    [InlineData("[{\"targets\":[],\"targets\":[]}]")]
    [InlineData("[{\"targets\":[")]
    [InlineData("[{\"labels\":{\"\":\"x\"}}]")]
    [InlineData("")]
    [InlineData("[{\"targets\":[\"\\ud800\"]}]")]
    public void What_is_not_a_list_of_groups_is_refused(string json) =>
        Assert.Throws<ConfigException>(() => TargetGroupFile.ParseJson(Encoding.UTF8.GetBytes(json), "x", "__meta_url"));

    [Fact]
    public void Deep_json_is_refused()
    {
        string json = new string('[', 100_000);
        Assert.Throws<ConfigException>(() => TargetGroupFile.ParseJson(Encoding.UTF8.GetBytes(json), "x", "__meta_url"));
    }

    private static List<JsonElement> Cases() => ConformanceData.Directory is null
        ? []
        : [.. JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf("config/file_sd/expectations.json"))).RootElement.GetProperty("cases").EnumerateArray()];
}
