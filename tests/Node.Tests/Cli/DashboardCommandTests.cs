using System.Text.Json.Nodes;
using Pleiad.TestKit;

namespace Pleiad.Node.Tests;

public sealed class DashboardCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await PleiadCommand.InvokeAsync(["dashboard", .. args], output, error);
        return (code, output.ToString(), error.ToString());
    }

    private string Write(string name, string json)
    {
        File.WriteAllText(_directory[name], json);
        return _directory[name];
    }

    [Fact]
    public async Task Lint_names_panel_query_and_place_and_ends_with_1()
    {
        string file = Write("bad.json", """{"title":"t","panels":[{"id":3,"type":"stat","title":"P\u001b[31m","targets":[{"refId":"A","expr":"sum(x"}]}]}""");
        (int code, string output, _) = await RunAsync("lint", file);
        Assert.Equal(1, code);
        Assert.Contains("error: panel 3 \"P\ufffd[31m\", query A: 1:6: parse error: unclosed left parenthesis", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_is_content_with_warnings_unless_they_are_to_count()
    {
        string file = Write("warn.json", """{"title":"t","schemaVersion":43,"panels":[{"id":3,"type":"geomap"}]}""");
        Assert.Equal(0, (await RunAsync("lint", file)).Code);
        Assert.Equal(3, (await RunAsync("lint", "--lint-fatal", file)).Code);
        string fine = Write("fine.json", """{"title":"t","schemaVersion":43,"panels":[{"id":3,"type":"text"}]}""");
        Assert.Equal((0, $"{fine}: 1 ok, 0 approximated, 0 placeholders\n"), (await RunAsync("lint", "--lint-fatal", fine)) is var (code, output, _) ? (code, output) : default);
    }

    [Fact]
    public async Task A_file_that_is_no_dashboard_is_an_error_and_the_others_are_still_read()
    {
        string broken = Write("broken.json", "{");
        string fine = Write("fine.json", """{"title":"t","schemaVersion":43,"panels":[]}""");
        (int code, string output, string error) = await RunAsync("import", "--dry-run", broken, _directory["nowhere.json"], fine);
        Assert.Equal(1, code);
        Assert.Contains("broken.json: line 1: not JSON", error, StringComparison.Ordinal);
        Assert.Contains("nowhere.json", error, StringComparison.Ordinal);
        Assert.Contains("fine.json: 0 ok", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_reports_panel_by_panel()
    {
        string file = Write("old.json", """{"title":"t","schemaVersion":16,"panels":[{"id":1,"type":"graph","title":"G","timeRegions":[{}]},{"id":2,"type":"geomap","title":"M"},{"id":3,"type":"stat"}]}""");
        (int code, string output, _) = await RunAsync("import", "--dry-run", file);
        Assert.Equal(0, code);
        Assert.Equal(
            [
                $"{file}: 1 ok, 1 approximated, 1 placeholders",
                "  approximated: panel 1 \"G\": coloured regions of time are left out",
                "  placeholder: panel 2 \"M\": panels of type geomap are not drawn",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Convert_writes_what_would_be_stored_with_inputs_filled_in()
    {
        string file = Write("old.json", """{"title":"t","__inputs":[{"name":"DS","type":"datasource","pluginId":"prometheus"}],"panels":[{"type":"graph","datasource":"${DS}"}]}""");
        (int code, string output, _) = await RunAsync("convert", file);
        JsonNode json = JsonNode.Parse(output)!;
        Assert.Equal((0, "timeseries", "pleiad"), (code, (string?)json["panels"]![0]!["type"], (string?)json["panels"]![0]!["datasource"]!["uid"]));
    }

    [Theory]
    [InlineData("import", "--input", "nothing", "x.json")]
    [InlineData("export", "--url", "ftp://x")]
    public async Task Wrong_arguments_are_said(params string[] args)
    {
        (int code, _, string error) = await RunAsync(args);
        Assert.Equal(1, code);
        Assert.StartsWith("pleiad: ", error, StringComparison.Ordinal);
    }
}
