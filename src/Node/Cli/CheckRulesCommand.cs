using System.CommandLine;

namespace Pleiad.Node;

/// <summary><c>pleiad check rules [FILE...]</c>.</summary>
internal static class CheckRulesCommand
{
    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error, Func<Stream> input)
    {
        var files = new Argument<string[]>("file") { Description = "rule files; the standard input where there are none", Arity = ArgumentArity.ZeroOrMore };
        Option<string> lint = LintChoice.What(ofConfig: false);
        Option<bool> fatal = LintChoice.Fatal();
        var command = new Command("rules", "Check rule files.") { files, lint, fatal };
        var options = new RuleOptions(command);
        command.SetAction(async (result, cancel) =>
        {
            var report = new RuleFileReport(
                options.Read(result, output), LintChoice.Read(result.GetValue(lint)!, result.GetValue(fatal), output), output, error);
            string[] paths = result.GetValue(files) ?? [];
            foreach (string path in paths)
            {
                await report.CheckAsync(path);
            }

            if (paths.Length == 0)
            {
                using var reader = new StreamReader(input());
                await report.CheckTextAsync(await reader.ReadToEndAsync(cancel));
            }

            return report.ExitCode;
        });
        return command;
    }
}
