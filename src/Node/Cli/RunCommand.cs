using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Pleiad.Node;

/// <summary><c>pleiad run</c>, the default: starts a node and runs it until it is stopped.</summary>
internal static class RunCommand
{
    /// <summary>Gives a command the flags and the action.</summary>
    public static void AddTo(Command command)
    {
        var flags = new RunFlags(command);
        command.SetAction((result, _) => RunAsync(flags, result));
    }

    private static async Task<int> RunAsync(RunFlags flags, ParseResult result)
    {
        NodeSettings settings = flags.Over(Settings(flags.ConfPath(result)), result);
        using ILoggerFactory logging = NodeLogging.Create(settings.Log);
        ILogger log = logging.CreateLogger("Pleiad.Node");
        foreach (Flag flag in flags.GivenWithoutEffect(result))
        {
            log.FlagWithoutEffect(flag.Name, flag.Help);
        }

        foreach (string missing in SettingsMap.WithoutEffectYet(settings))
        {
            log.SettingWithoutEffect(missing);
        }

        Dictionary<string, string> shown = FlagTable.All.ToDictionary(flag => flag.Name, flag => flag.Show(settings), StringComparer.Ordinal);
        return await new NodeComposition(settings, shown, logging).RunAsync();
    }

    private static NodeSettings Settings(string? path)
    {
        try
        {
            return SettingsFile.Load(path, Environment.GetEnvironmentVariable);
        }
        catch (HoconException e)
        {
            throw new UsageException(e.Message, e);
        }
    }
}
