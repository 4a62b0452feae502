using Microsoft.Extensions.Logging;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary>The prometheus.yml in force: where it comes from, when it was loaded, and whether the last reload succeeded.</summary>
internal sealed class NodeConfiguration
{
    private const string Embedded = "embedded default: the node scrapes itself";
    private const string NameInWorkingDirectory = "prometheus.yml";

    private readonly string? _path;
    private readonly Func<string> _embedded;
    private readonly ILogger _log;
    private DateTimeOffset? _refusedAt;
    private DateTimeOffset? _unappliedAt;

    private NodeConfiguration(string? path, Func<string> embedded, ILogger log)
    {
        _path = path;
        _embedded = embedded;
        _log = log;
        (Current, Texts) = Read();
        LoadedAt = DateTimeOffset.UtcNow;
    }

    /// <summary>What is in force.</summary>
    public PrometheusConfig Current { get; private set; }

    /// <summary>What the node's own file said when it was read last; null where it has none.</summary>
    public ConfigurationText? Texts { get; private set; }

    /// <summary>When what is in force was loaded.</summary>
    public DateTimeOffset LoadedAt { get; private set; }

    /// <summary>Whether the last attempt to load succeeded, and everybody has taken it over.</summary>
    public bool LastSucceeded => FailedAt is null;

    /// <summary>When the last attempt failed; null where it did not.</summary>
    public DateTimeOffset? FailedAt => _refusedAt ?? _unappliedAt;

    /// <summary>Whether what is in <see cref="Current"/> has not been taken over by everybody: it is to be applied again.</summary>
    public bool IsUnapplied => _unappliedAt is not null;

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
            configuration.Report(path ?? Embedded);
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
        if (TryRead(out PrometheusConfig? read) is { } refused)
        {
            return refused;
        }

        Use(read!, _path ?? Embedded);
        return null;
    }

    /// <summary>Reads the file again, without putting it in force.</summary>
    /// <param name="read">What it says; null where it is refused.</param>
    /// <returns>Null, or why it is refused.</returns>
    public string? TryRead(out PrometheusConfig? read)
    {
        try
        {
            (read, Texts) = Read();
            return null;
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            read = null;
            NoteFailure(e.Message);
            return e.Message;
        }
    }

    /// <summary>Reads texts from elsewhere as if the node's own file had them.</summary>
    /// <exception cref="ConfigException">They are refused.</exception>
    public PrometheusConfig Parse(ConfigurationText texts) => ScrapeConfigFile.Parse(texts, _path ?? NameInWorkingDirectory);

    /// <summary>Puts a configuration in force.</summary>
    /// <param name="config">Which.</param>
    /// <param name="source">Where it is from, for people.</param>
    public void Use(PrometheusConfig config, string source)
    {
        Current = config;
        LoadedAt = DateTimeOffset.UtcNow;
        _refusedAt = null;
        Report(source);
    }

    /// <summary>Notes that what was to be put in force cannot be.</summary>
    public void NoteFailure(string reason)
    {
        _refusedAt = DateTimeOffset.UtcNow;
        _log.ReloadRefused(reason);
    }

    /// <summary>Notes that not everybody has taken over what is in <see cref="Current"/>. Said once, however often it is tried.</summary>
    public void NoteUnapplied(string reason)
    {
        if (!IsUnapplied)
        {
            _log.ConfigurationUnapplied(reason);
        }

        _unappliedAt = DateTimeOffset.UtcNow;
    }

    /// <summary>Notes that everybody has taken it over.</summary>
    public void NoteApplied() => _unappliedAt = null;

    private (PrometheusConfig Config, ConfigurationText? Texts) Read()
    {
        if (_path is null)
        {
            return (ScrapeConfigFile.Parse(_embedded(), "embedded default"), null);
        }

        ConfigurationText texts = ScrapeConfigFile.ReadTexts(_path);
        return (ScrapeConfigFile.Parse(texts, _path), texts);
    }

    private void Report(string source)
    {
        _log.ConfigurationLoaded(source);
        foreach (ConfigNote note in Current.Report.Warnings)
        {
            _log.ConfigurationNote(note.ToString());
        }
    }
}
