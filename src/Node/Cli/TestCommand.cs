using System.CommandLine;
using Pleiad.Alerting;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary><c>pleiad test promql|rules FILE...</c>: runs test scripts, and unit tests of rules as promtool runs them.</summary>
internal static class TestCommand
{
    /// <summary>The command with its kinds.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("test", "Run tests of queries and rules.");
        var files = new Argument<string[]>("file") { Description = "promqltest scripts", Arity = ArgumentArity.OneOrMore };
        var promql = new Command("promql", "Run promqltest scripts (load, eval); prints each eval that fails, and at last how many passed.") { files };
        promql.SetAction(async (result, cancel) =>
        {
            var runner = new ScriptRunner(ScriptRunner.ForScripts, TimeProvider.System);
            (_, int failed) = await runner.RunFilesAsync(result.GetValue(files)!, output, cancel);
            return failed == 0 ? PleiadCommand.Success : PleiadCommand.Failure;
        });
        command.Subcommands.Add(promql);

        command.Subcommands.Add(Rules(output, error));
        return command;
    }

    private static Command Rules(TextWriter output, TextWriter error)
    {
        var files = new Argument<string[]>("file") { Description = "unit test files as promtool reads them", Arity = ArgumentArity.OneOrMore };
        var run = new Option<string[]>("--run")
        {
            Description = "Run only tests whose name a regular expression matches somewhere; may be repeated.", HelpName = "REGEX",
        };
        var diff = new Option<bool>("--diff") { Description = "Of alerts show only what differs." };
        var command = new Command("rules", "Run unit tests of rules.") { files, run, diff };
        var options = new RuleOptions(command);
        command.SetAction(async (result, cancel) =>
        {
            RuleFileOptions rules = options.Read(result, output);
            RuleTestRunner runner;
            try
            {
                runner = new RuleTestRunner(
                    new RuleTestOptions
                    {
                        Run = result.GetValue(run) ?? [],
                        Diff = result.GetValue(diff),
                        IgnoreUnknownFields = rules.IgnoreUnknownFields,
                        Expressions = rules.Expressions,
                    },
                    PathGlob.Expand,
                    TimeProvider.System);
            }
            catch (RegexSyntaxException e)
            {
                throw new UsageException($"--run: {e.Message}", e);
            }

            bool passed = await runner.RunFilesAsync(result.GetValue(files)!, output, error, cancel);
            return passed ? PleiadCommand.Success : PleiadCommand.Failure;
        });
        return command;
    }
}
