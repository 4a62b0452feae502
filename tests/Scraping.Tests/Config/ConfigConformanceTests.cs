using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class ConfigConformanceTests
{
    private const string TestData = "config/testdata";

    public static TheoryData<string> GoodFiles() => ConformanceData.Directory is null
        ? new TheoryData<string>("absent")
        : new TheoryData<string>(Directory.GetFiles(ConformanceData.PathOf(TestData), "*.good.yml").Select(path => Path.GetFileName(path)!));

    public static TheoryData<string, string> BadFiles()
    {
        var data = new TheoryData<string, string>();
        foreach (JsonElement test in Cases("config/bad_expectations.json", "cases"))
        {
            data.Add(test.GetProperty("file").GetString()!, test.GetProperty("error_contains").GetString()!);
        }

        return data;
    }

    public static TheoryData<int> SpecialCases() => new(Enumerable.Range(0, Cases("config/good_expectations.json", "special_cases").Count));

    public static TheoryData<int> InlineCases() => new(Enumerable.Range(0, Cases("config/good_expectations.json", "inline_cases").Count));

    [SkippableTheory]
    [MemberData(nameof(GoodFiles))]
    public void Every_good_file_loads(string file)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        PrometheusConfig config = ScrapeConfigFile.Load(ConformanceData.PathOf($"{TestData}/{file}"));
        Assert.NotNull(config.ToYaml());
    }

    [SkippableTheory]
    [MemberData(nameof(BadFiles))]
    public void Every_bad_file_is_refused_in_the_words_of_the_reference(string file, string expected)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        string text = File.ReadAllText(ConformanceData.PathOf($"{TestData}/{file}"));
        ConfigException refused = Assert.Throws<ConfigException>(() => ScrapeConfigFile.Parse(text, $"testdata/{file}"));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"testdata/{file}", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Line > 0, $"no line in: {refused.Message}");
        Assert.True(refused.Key.Length > 0 || refused.Message.Contains("yaml: line", StringComparison.Ordinal), $"no key in: {refused.Message}");
    }

    [SkippableTheory]
    [MemberData(nameof(SpecialCases))]
    public void Special_cases_turn_out_as_in_the_reference(int index)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        JsonElement test = Cases("config/good_expectations.json", "special_cases")[index];
        string file = test.GetProperty("file").GetString()!;
        string path = ConformanceData.PathOf($"{TestData}/{file}");

        // Agent mode is another program; a target group by itself is read by file_sd (FileDiscoveryTests).
        Skip.If(test.TryGetProperty("mode", out _), "agent mode does not exist here");
        Skip.If(test.TryGetProperty("how", out JsonElement how) && how.GetString()!.Contains("target group", StringComparison.Ordinal), "covered by TargetGroupFileTests");
        if (test.GetProperty("expect").GetString() == "reject")
        {
            ConfigException refused = Assert.Throws<ConfigException>(() => ScrapeConfigFile.Load(path));
            foreach (string part in ExpectedParts(test))
            {
                Assert.Contains(part, refused.Message, StringComparison.Ordinal);
            }

            return;
        }

        PrometheusConfig config = ScrapeConfigFile.Load(path);
        if (!test.TryGetProperty("facts", out JsonElement facts) || facts.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty fact in facts.EnumerateObject())
        {
            if (fact.Name.StartsWith("TEST", StringComparison.Ordinal))
            {
                string value = fact.Name.Contains('=', StringComparison.Ordinal) ? "TestValue" : string.Empty;
                PrometheusConfig expanded = ScrapeConfigFile.Load(path, name => name == "TEST" ? value : null);
                foreach (JsonProperty label in fact.Value.EnumerateObject())
                {
                    Assert.Equal(label.Value.GetString(), expanded.Global.ExternalLabels.Get(label.Name));
                }
            }
            else if (fact.Name is "jobs" or "jobs_in_order")
            {
                Assert.Equal(fact.Value.EnumerateArray().Select(job => job.GetString()), config.ScrapeConfigs.Select(job => job.JobName));
            }
            else
            {
                AssertFact(config, fact);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(InlineCases))]
    public void Inline_cases_turn_out_as_in_the_reference(int index)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        JsonElement test = Cases("config/good_expectations.json", "inline_cases")[index];
        PrometheusConfig config = ScrapeConfigFile.Parse(test.GetProperty("yaml").GetString()!, "inline.yml");
        JsonElement facts = test.GetProperty("facts");
        if (facts.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty fact in facts.EnumerateObject())
            {
                AssertFact(config, fact);
            }
        }
    }

    [SkippableFact]
    public void The_defaults_are_those_of_the_reference()
    {
        JsonElement defaults = Document("config/good_expectations.json").GetProperty("defaults");
        PrometheusConfig config = ScrapeConfigFile.Parse(
            """
            scrape_configs: [{job_name: a}]
            alerting: {alertmanagers: [{path_prefix: /}]}
            remote_write: [{url: "http://a"}]
            remote_read: [{url: "http://a"}]
            storage: {exemplars: {}}
            """,
            "defaults.yml");
        Dictionary<string, ConfigSection> sections = new()
        {
            ["global"] = config.Root.Section("global")!,
            ["scrape_config"] = config.Root.Sections("scrape_configs")[0],
            ["alertmanager_config"] = config.Root.Section("alerting")!.Sections("alertmanagers")[0],
            ["remote_write"] = config.Root.Sections("remote_write")[0],
            ["remote_read"] = config.RemoteRead[0],
            ["storage"] = config.Root.Section("storage")!,
            ["otlp"] = config.Otlp,
        };
        Assert.Equal(75, config.Runtime.Number("gogc"));
        foreach (JsonProperty section in defaults.EnumerateObject())
        {
            AssertSection(sections[section.Name], section.Value);
        }
    }

    [SkippableFact]
    public void Secrets_are_hidden_in_the_printed_configuration()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        string yaml = ScrapeConfigFile.Load(ConformanceData.PathOf($"{TestData}/conf.good.yml")).ToYaml();
        Assert.Equal(29, Regex.Count(yaml, "<secret>", RegexOptions.None, TimeSpan.FromSeconds(5)));
        Assert.DoesNotContain("mysecret", yaml, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("roundtrip.good.yml")]
    [InlineData("conf.good.yml")]
    public void What_is_printed_loads_again_as_the_same(string file)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        string path = ConformanceData.PathOf($"{TestData}/{file}");
        PrometheusConfig first = ScrapeConfigFile.Load(path);
        PrometheusConfig second = ScrapeConfigFile.Parse(first.ToYaml(), path);
        Assert.Equal(first.ToYaml(), second.ToYaml());
        Assert.Equal(first, second);
    }

    [SkippableTheory]
    [InlineData("scrape_config_files_double_import.bad.yml", "found multiple scrape configs with job name \"prometheus\"")]
    [InlineData("scrape_config_files_duplicate.bad.yml", "found multiple scrape configs with job name \"prometheus\"")]
    [InlineData("scrape_config_files_global.bad.yml", "scrape timeout greater than scrape interval")]
    public void Files_of_scrape_configs_are_checked_with_the_main_file(string file, string expected)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        ConfigException refused = Assert.Throws<ConfigException>(() => ScrapeConfigFile.Load(ConformanceData.PathOf($"{TestData}/{file}")));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("prometheus-config.good.yml", true)]
    [InlineData("prometheus-aws-sd-empty-region.good.yml", true)]
    [InlineData("config_with_rule_files.yml", true)]
    [InlineData("config_with_service_discovery_files.yml", true)]
    [InlineData("config_with_tls_files.yml", true)]
    [InlineData("authorization_credentials_file.bad.yml", true)]
    [InlineData("prometheus-config.bad.yml", false)]
    public void Files_that_do_not_exist_do_not_matter_to_the_syntax(string file, bool loads)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        string path = ConformanceData.PathOf($"config/check_config/{file}");
        ConfigException? refused = (ConfigException?)Record.Exception(() => ScrapeConfigFile.Load(path));
        Assert.True(loads == refused is null, refused?.Message);
    }

    private static IEnumerable<string> ExpectedParts(JsonElement test) =>
        test.TryGetProperty("error_contains_all", out JsonElement all) ? all.EnumerateArray().Select(part => part.GetString()!)
        : test.TryGetProperty("error_contains", out JsonElement one) ? [one.GetString()!]
        : [];

    private static void AssertSection(ConfigSection section, JsonElement expected)
    {
        foreach (JsonProperty field in expected.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Object)
            {
                AssertSection(section.Section(field.Name)!, field.Value);
            }
            else if (field.Name == "scrape_protocols")
            {
                Assert.Equal(TextOf(field.Value), string.Join(',', ScrapeProtocolNames.TextFirst));
            }
            else if (field.Name.StartsWith("scrape_protocols_when", StringComparison.Ordinal))
            {
                Assert.Equal(TextOf(field.Value), string.Join(',', ScrapeProtocolNames.ProtobufFirst));
            }
            else if (field.Name == "metric_name_escaping_scheme" && section.IsZero(field.Name))
            {
                // Left open in the global section, and filled in where it is inherited.
                Assert.Equal("allow-utf-8", field.Value.GetString());
            }
            else
            {
                Assert.Equal(TextOf(field.Value), TextOf(section, field.Name));
            }
        }
    }

    private static void AssertFact(PrometheusConfig config, JsonProperty fact)
    {
        object at = config.Root;
        string[] path = fact.Name.Replace(" (effective)", string.Empty, StringComparison.Ordinal).Split('.');
        for (int i = 0; i < path.Length - 1; i++)
        {
            int bracket = path[i].IndexOf('[', StringComparison.Ordinal);
            at = bracket < 0
                ? ((ConfigSection)at).Section(path[i])!
                : ((ConfigSection)at).Sections(path[i][..bracket])[int.Parse(path[i][(bracket + 1)..^1], CultureInfo.InvariantCulture)];
        }

        Assert.Equal(TextOf(fact.Value), TextOf((ConfigSection)at, path[^1]));
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? string.Join(',', value.EnumerateArray().Select(item => item.ToString()))
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? (value.GetBoolean() ? "true" : "false") : value.ToString();

    private static string TextOf(ConfigSection section, string key)
    {
        int place = section.Shape.PlaceOf(key);
        object? value = section.ValueAt(place);
        return section.Shape.Fields[place].Kind.Plain(value) switch
        {
            YamlLiteral literal => literal.Text,
            List<object> items => string.Join(',', items),
            object other => other.ToString()!,
        };
    }

    private static JsonElement Document(string path)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        return JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf(path))).RootElement;
    }

    private static List<JsonElement> Cases(string path, string name) => ConformanceData.Directory is null
        ? []
        : [.. JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf(path))).RootElement.GetProperty(name).EnumerateArray()];
}
