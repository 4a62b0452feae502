using System.CommandLine;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary><c>pleiad check config FILE...</c>: the file, the files it names, its targets and its rules.</summary>
internal static class CheckConfigCommand
{
    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var files = new Argument<string[]>("file") { Description = "prometheus.yml files", Arity = ArgumentArity.OneOrMore };
        var syntaxOnly = new Option<bool>("--syntax-only") { Description = "Check the file alone; what it names need not exist." };
        Option<string> lint = LintChoice.What(ofConfig: true);
        Option<bool> fatal = LintChoice.Fatal();
        var lookback = new Option<string>("--query.lookback-delta")
        {
            Description = "How far back an instant query looks for a sample; for lint.", HelpName = "DURATION", DefaultValueFactory = _ => "5m",
        };
        var command = new Command("config", "Check prometheus.yml files: every error with file, line and key.") { files, syntaxOnly, lint, fatal, lookback };
        var options = new RuleOptions(command);
        command.SetAction(async (result, _) =>
        {
            TimeSpan delta = PrometheusDuration.TryParse(result.GetValue(lookback), out TimeSpan given)
                ? given
                : throw new UsageException($"--query.lookback-delta: \"{result.GetValue(lookback)}\" is not a duration");
            LintChoice choice = LintChoice.Read(result.GetValue(lint)!, result.GetValue(fatal), output);
            var rules = new RuleFileReport(options.Read(result, output), choice, output, error);
            bool hasErrors = false;
            bool hasLint = false;
            foreach (string file in result.GetValue(files)!)
            {
                PrometheusConfig? config = await CheckAsync(file, result.GetValue(syntaxOnly), rules, output, error);
                hasErrors |= config is null;
                if (config is not null && !result.GetValue(syntaxOnly) && choice.LongScrapeIntervals
                    && config.ScrapeConfigs.FirstOrDefault(scrape => scrape.ScrapeInterval >= delta) is { } slow)
                {
                    hasLint = true;
                    await error.WriteLineAsync(
                        "  FAILED: too long scrape interval found, data point will be marked as stale - "
                        + $"job: {slow.JobName}, interval: {PrometheusDuration.Format(slow.ScrapeInterval)}");
                }
            }

            return hasErrors ? PleiadCommand.Failure
                : hasLint && choice.IsFatal && !rules.HasErrors ? PleiadCommand.LintFailure
                : rules.ExitCode;
        });
        return command;
    }

    // The configuration; null where something is wrong with it.
    private static async Task<PrometheusConfig?> CheckAsync(
        string file, bool syntaxOnly, RuleFileReport rules, TextWriter output, TextWriter error)
    {
        await output.WriteLineAsync($"Checking {file}");
        PrometheusConfig config;
        ConfigCheckResult found;
        try
        {
            config = syntaxOnly ? ScrapeConfigFile.LoadAlone(file) : ScrapeConfigFile.Load(file);
            found = syntaxOnly ? ConfigCheck.Syntax(config) : ConfigCheck.Files(config);
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"  FAILED: {e.Message}");
            await output.WriteLineAsync();
            return null;
        }

        foreach (string warning in found.Warnings)
        {
            await output.WriteLineAsync($"  WARNING: {warning}");
        }

        if (found.Error is not null)
        {
            await error.WriteLineAsync($"  FAILED: {found.Error}");
            await output.WriteLineAsync();
            return null;
        }

        if (found.RuleFiles.Count > 0)
        {
            await output.WriteLineAsync($"  SUCCESS: {found.RuleFiles.Count} rule files found");
        }

        await output.WriteLineAsync($" SUCCESS: {file} is valid prometheus config file syntax");
        foreach (ConfigNote note in config.Report.Warnings)
        {
            await output.WriteLineAsync($"  {note}");
        }

        await output.WriteLineAsync();
        foreach (string ruleFile in found.RuleFiles)
        {
            await rules.CheckAsync(ruleFile);
        }

        return config;
    }
}
