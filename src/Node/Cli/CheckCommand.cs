using System.CommandLine;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary><c>pleiad check config|rules|metrics</c>: says what is wrong with a file before a node is started with it.</summary>
internal static class CheckCommand
{
    /// <summary>The command with its kinds.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("check", "Check files without starting a node.");
        var configs = new Argument<string[]>("file") { Description = "prometheus.yml files", Arity = ArgumentArity.OneOrMore };
        var config = new Command("config", "Check prometheus.yml files: every error with file, line and key.") { configs };
        config.SetAction((result, _) => CheckAllAsync(result.GetValue(configs)!, file => ConfigAsync(file, output), output, error));
        command.Subcommands.Add(config);

        var ruleFiles = new Argument<string[]>("file") { Description = "rule files", Arity = ArgumentArity.OneOrMore };
        var rules = new Command("rules", "Check rule files.") { ruleFiles };
        rules.SetAction(async (_, _) =>
        {
            await error.WriteLineAsync("pleiad: rules are not evaluated by this version yet, so their files cannot be checked; nothing was checked");
            return PleiadCommand.Failure;
        });
        command.Subcommands.Add(rules);

        var metrics = new Command("metrics", "Check a metrics page given on standard input.");
        metrics.SetAction(async (_, cancel) =>
        {
            using var page = new MemoryStream();
            await using Stream input = Console.OpenStandardInput();
            await input.CopyToAsync(page, cancel);
            return await MetricsAsync(page.GetBuffer().AsMemory(0, (int)page.Length), output, error);
        });
        command.Subcommands.Add(metrics);
        return command;
    }

    private static async Task<int> CheckAllAsync(string[] files, Func<string, Task> check, TextWriter output, TextWriter error)
    {
        int failed = 0;
        foreach (string file in files)
        {
            await output.WriteLineAsync($"Checking {file}");
            try
            {
                await check(file);
            }
            catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
            {
                await error.WriteLineAsync($"  FAILED: {e.Message}");
                failed++;
            }
        }

        return failed == 0 ? PleiadCommand.Success : PleiadCommand.Failure;
    }

    private static async Task ConfigAsync(string file, TextWriter output)
    {
        PrometheusConfig config = ScrapeConfigFile.Load(file);
        await output.WriteLineAsync($"  SUCCESS: {file} is valid prometheus config file syntax");
        foreach (ConfigNote note in config.Report.Warnings)
        {
            await output.WriteLineAsync("  " + note);
        }
    }

    private static async Task<int> MetricsAsync(ReadOnlyMemory<byte> page, TextWriter output, TextWriter error)
    {
        PageVerdict verdict = PageCheck.Check(page.Span);
        if (verdict.Problem is null)
        {
            await output.WriteLineAsync($"{verdict.Samples} samples, no syntax error");
            return PleiadCommand.Success;
        }

        await error.WriteLineAsync($"error while linting: {verdict.Problem}");
        return PleiadCommand.Failure;
    }
}
