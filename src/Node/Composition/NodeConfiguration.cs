using Microsoft.Extensions.Logging;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary>The prometheus.yml in force: where it comes from, when it was loaded, and whether the last reload succeeded.</summary>
internal sealed class NodeConfiguration
{
    private const string NameInWorkingDirectory = "prometheus.yml";

    private readonly string? _path;
    private readonly Func<string> _embedded;
    private readonly ILogger _log;

    private NodeConfiguration(string? path, Func<string> embedded, ILogger log)
    {
        _path = path;
        _embedded = embedded;
        _log = log;
        Current = Read();
        LoadedAt = DateTimeOffset.UtcNow;
    }

    /// <summary>What is in force.</summary>
    public PrometheusConfig Current { get; private set; }

    /// <summary>When it was loaded.</summary>
    public DateTimeOffset LoadedAt { get; private set; }

    /// <summary>Whether the last attempt to load succeeded.</summary>
    public bool LastSucceeded { get; private set; } = true;

    /// <summary>Loads the configuration for the first time.</summary>
    /// <param name="configFile">From the settings; empty for the working directory's, or the embedded one.</param>
    /// <param name="embedded">The text used where there is no file.</param>
    /// <param name="log">For people.</param>
    /// <exception cref="UsageException">The file is not there or not valid.</exception>
    public static NodeConfiguration Load(string configFile, Func<string> embedded, ILogger log)
    {
        string? path = configFile.Length > 0 ? configFile : File.Exists(NameInWorkingDirectory) ? NameInWorkingDirectory : null;
        try
        {
            var configuration = new NodeConfiguration(path, embedded, log);
            configuration.Report();
            return configuration;
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(e is ConfigException ? e.Message : $"cannot read the configuration file {path}: {e.Message}", e);
        }
    }

    /// <summary>Reads the file again.</summary>
    /// <returns>Null when what it says is in <see cref="Current"/> now; else why the old one stays.</returns>
    public string? TryReload()
    {
        try
        {
            Current = Read();
            LoadedAt = DateTimeOffset.UtcNow;
            LastSucceeded = true;
            Report();
            return null;
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            LastSucceeded = false;
            _log.ReloadRefused(e.Message);
            return e.Message;
        }
    }

    /// <summary>Notes that what was read could not be put in force everywhere.</summary>
    public void NoteFailure(string reason)
    {
        LastSucceeded = false;
        _log.ReloadRefused(reason);
    }

    private PrometheusConfig Read() => _path is null
        ? ScrapeConfigFile.Parse(_embedded(), "embedded default")
        : ScrapeConfigFile.Load(_path);

    private void Report()
    {
        _log.ConfigurationLoaded(_path ?? "embedded default: the node scrapes itself");
        foreach (ConfigNote note in Current.Report.Warnings)
        {
            _log.ConfigurationNote(note.ToString());
        }
    }
}
