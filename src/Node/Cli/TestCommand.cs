using System.CommandLine;
using Pleiad.PromQL;

namespace Pleiad.Node;

/// <summary><c>pleiad test promql FILE...</c>: runs test scripts.</summary>
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

        var ruleFiles = new Argument<string[]>("file") { Description = "unit test files as promtool reads them", Arity = ArgumentArity.OneOrMore };
        var rules = new Command("rules", "Run unit tests of rules.") { ruleFiles };
        rules.SetAction(async (_, _) =>
        {
            await error.WriteLineAsync("pleiad: rules are not evaluated by this version yet, so their tests cannot be run; nothing was tested");
            return PleiadCommand.Failure;
        });
        command.Subcommands.Add(rules);
        return command;
    }
}
