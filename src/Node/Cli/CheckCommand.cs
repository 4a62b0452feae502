using System.CommandLine;

namespace Pleiad.Node;

/// <summary><c>pleiad check config|rules|metrics</c>: says what is wrong with a file before a node is started with it. Options, texts and exit codes are promtool's.</summary>
internal static class CheckCommand
{
    /// <summary>The command with its kinds.</summary>
    /// <param name="output">Gets what was checked and what is well.</param>
    /// <param name="error">Gets what is wrong.</param>
    /// <param name="input">Opens the standard input.</param>
    public static Command Create(TextWriter output, TextWriter error, Func<Stream> input)
    {
        var command = new Command("check", "Check files without starting a node.");
        command.Subcommands.Add(CheckConfigCommand.Create(output, error));
        command.Subcommands.Add(CheckRulesCommand.Create(output, error, input));
        command.Subcommands.Add(CheckMetricsCommand.Create(output, error, input));
        return command;
    }
}
