namespace Pleiad.Outside.Tests;

/// <summary>Our checks say what promtool says of the same files.</summary>
public sealed class PromtoolChecksTests
{
    private const string Absent = "(no conformance data)";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Pages => [.. Files("exporters", "*.prom").DefaultIfEmpty(Absent)];

    [SkippableTheory]
    [MemberData(nameof(Pages))]
    public async Task A_page_gets_the_same_remarks(string page)
    {
        Skip.If(page == Absent, "the conformance data is not there");
        string? promtool = RunningProgram.Find("promtool");
        Skip.If(promtool is null, "Debian's prometheus (with promtool) is not installed");
        string path = Repository.Conformance("exporters/" + page)!;
        Assert.Equal(await RunAsync($"'{promtool}' check metrics < '{path}'"), await RunAsync($"'{PleiadServer.Binary}' check metrics < '{path}'"));
    }

    [SkippableTheory]
    [InlineData("failing.yml")]
    [InlineData("bad-rules-syntax-test.yml")]
    [InlineData("rules_run.yml")]
    [InlineData("at-modifier-test.yml")]
    [InlineData("negative-offset-test.yml")]
    public async Task Unit_tests_of_rules_get_the_same_answer(string file)
    {
        string? promtool = RunningProgram.Find("promtool");
        Skip.If(promtool is null, "Debian's prometheus (with promtool) is not installed");
        string? path = Repository.Conformance("rules/unit_tests/" + file);
        Skip.If(path is null, "the conformance data is not there");
        path = Path.GetFullPath(path);
        Assert.Equal(await RunAsync($"'{promtool}' test rules '{path}' 2>&1"), await RunAsync($"'{PleiadServer.Binary}' test rules '{path}' 2>&1"));
    }

    private static IEnumerable<string> Files(string folder, string pattern) => Repository.Conformance(folder) is { } directory
        ? Directory.EnumerateFiles(directory, pattern, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(directory, file)).Order(StringComparer.Ordinal)
        : [];

    private static async Task<(int Code, string Said)> RunAsync(string command)
    {
        await using var run = new RunningProgram("/bin/sh", ["-c", command]);
        int code = await run.WaitForExitAsync(Limit);
        return (code, run.Output);
    }
}
