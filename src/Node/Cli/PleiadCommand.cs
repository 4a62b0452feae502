using System.CommandLine;
using System.Reflection;

namespace Pleiad.Node;

/// <summary>The command line: <c>pleiad [run]</c>, <c>check</c>, <c>test</c>, <c>query</c>, <c>dashboard</c>, <c>cluster</c>, <c>import</c>, <c>export</c>.</summary>
internal static class PleiadCommand
{
    /// <summary>Ends a command that did what it was asked.</summary>
    public const int Success = 0;

    /// <summary>Ends a command that found something wrong.</summary>
    public const int Failure = 1;

    /// <summary>Ends a check that found only what lint finds, where that was to count.</summary>
    public const int LintFailure = 3;

    /// <summary>Ends a command that asked for something and cannot tell whether it was done.</summary>
    public const int Unknown = 4;

    /// <summary>The version of the product, without build metadata.</summary>
    public static string Version { get; } =
        (typeof(PleiadCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];

    /// <summary>Parses the arguments and runs what they name.</summary>
    public static Task<int> InvokeAsync(string[] args, TextWriter output, TextWriter error) =>
        InvokeAsync(args, output, error, Console.OpenStandardInput);

    /// <summary>Likewise, with a standard input of the caller's.</summary>
    public static async Task<int> InvokeAsync(string[] args, TextWriter output, TextWriter error, Func<Stream> input)
    {
        var root = new RootCommand("Pleiad: scrapes, stores, evaluates, notifies and draws, as Prometheus, Alertmanager and Grafana do, in one cluster.");
        RunCommand.AddTo(root);
        var run = new Command("run", "Start a node (the default).");
        RunCommand.AddTo(run);
        root.Subcommands.Add(run);
        root.Subcommands.Add(CheckCommand.Create(output, error, input));
        root.Subcommands.Add(TestCommand.Create(output, error));
        root.Subcommands.Add(QueryCommand.Create(output, error));
        root.Subcommands.Add(DashboardCommand.Create(output, error));
        root.Subcommands.Add(ClusterCommand.Create(output, error));
        root.Subcommands.Add(ImportCommand.Create(output, error));
        root.Subcommands.Add(ExportCommand.Create(output, error));
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // A node ends in phases and flushes its journal; the library would cut that short after two seconds.
            ProcessTerminationTimeout = null,
        };
        try
        {
            // The parser takes a first argument whose last path element is the program's name for the program itself,
            // which would swallow --storage.path=/var/lib/pleiad: so the program's name comes first.
            ParseResult parsed = root.Parse([root.Name, .. args]);
            bool runs = ReferenceEquals(parsed.CommandResult.Command, root) || ReferenceEquals(parsed.CommandResult.Command, run);
            if (runs && UnknownFlag.FirstOf(parsed.UnmatchedTokens) is { } unknown)
            {
                throw new UsageException(UnknownFlag.TextOf(unknown));
            }

            return await parsed.InvokeAsync(configuration);
        }
        catch (UsageException e)
        {
            await error.WriteLineAsync("pleiad: " + e.Message);
            return Failure;
        }
    }
}
