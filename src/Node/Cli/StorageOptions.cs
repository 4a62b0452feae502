using System.CommandLine;

namespace Pleiad.Node;

/// <summary>The options of commands that open a data directory themselves.</summary>
internal sealed class StorageOptions
{
    private readonly Option<string?> _path = new("--storage.path", "--storage.tsdb.path") { Description = "Data directory of a node that does not run. Default: that of the settings." };
    private readonly Option<string?> _conf = new("--conf") { Description = "HOCON file with the node's settings." };

    /// <summary>Adds them to a command.</summary>
    public StorageOptions(Command command)
    {
        command.Options.Add(_path);
        command.Options.Add(_conf);
    }

    /// <summary>The node's settings, with what was given laid over them.</summary>
    /// <exception cref="UsageException">The file cannot be read.</exception>
    public NodeSettings Settings(ParseResult result)
    {
        try
        {
            NodeSettings settings = SettingsFile.Load(result.GetValue(_conf), Environment.GetEnvironmentVariable);
            return result.GetValue(_path) is { Length: > 0 } path ? settings with { Storage = settings.Storage with { Path = path } } : settings;
        }
        catch (HoconException e)
        {
            throw new UsageException(e.Message, e);
        }
    }
}
