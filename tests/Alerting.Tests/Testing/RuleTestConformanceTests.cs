using System.Text.Json;
using Pleiad.TestKit;

namespace Pleiad.Alerting.Tests;

/// <summary>The reference's own files of unit tests: which pass and which fail.</summary>
public sealed class RuleTestConformanceTests
{
    private const string Absent = "(no conformance data)";

    // Prometheus has had @ and negative offsets switched on for good since 2.33; only its library can switch them off, promtool cannot.
    private static readonly string[] Disabled = ["enable_at_modifier", "enable_negative_offset"];

    public static TheoryData<int, string> Files
    {
        get
        {
            var data = new TheoryData<int, string>();
            JsonElement[] cases = Cases();
            for (int i = 0; i < cases.Length; i++)
            {
                data.Add(i, $"{cases[i].GetProperty("file").GetString()} {cases[i].GetProperty("options").GetRawText()}");
            }

            if (cases.Length == 0)
            {
                data.Add(0, Absent);
            }

            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public async Task A_file_passes_or_fails_as_in_promtool(int place, string name)
    {
        Skip.If(name == Absent, ConformanceData.Absent);
        JsonElement test = Cases()[place];
        JsonElement given = test.GetProperty("options");
        Skip.If(
            Disabled.Any(feature => given.TryGetProperty(feature, out JsonElement on) && !on.GetBoolean()),
            "@ and negative offsets cannot be switched off in promtool either");
        var options = new RuleTestOptions
        {
            Run = given.TryGetProperty("run", out JsonElement run) ? [.. run.EnumerateArray().Select(pattern => pattern.GetString()!)] : [],
            IgnoreUnknownFields = given.TryGetProperty("ignore_unknown_fields", out JsonElement ignore) && ignore.GetBoolean(),
        };
        var said = new StringWriter();
        string file = ConformanceData.PathOf($"rules/unit_tests/{test.GetProperty("file").GetString()}");
        bool passed = await new RuleTestRunner(options, Existing, TimeProvider.System).RunFilesAsync([file], said, said, default);
        Assert.True(passed == (test.GetProperty("expect").GetString() == "pass"), said.ToString());
    }

    private static string[] Existing(string path) => File.Exists(path) ? [path] : [];

    private static JsonElement[] Cases()
    {
        if (ConformanceData.Directory is null)
        {
            return [];
        }

        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(ConformanceData.PathOf("rules/unit_tests/expectations.json")));
        return [.. file.RootElement.GetProperty("cases").EnumerateArray().Select(one => one.Clone())];
    }
}
