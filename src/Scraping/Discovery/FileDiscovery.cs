namespace Pleiad.Scraping;

/// <summary>
/// Targets in files, watched: a change is seen at once where the system tells of it, and with the next refresh where it does not.
/// A file that cannot be read or understood keeps the groups it had; a file that is gone takes them with it.
/// </summary>
internal sealed class FileDiscovery : IDiscovery
{
    // Directories that are watched; what lies beyond is seen with the next refresh.
    private const int WatchersMax = 64;

    private readonly FileDiscoveryConfig _config;
    private readonly RefreshLoop _loop;
    private readonly Dictionary<string, FileSystemWatcher> _watchers = [];
    private readonly Dictionary<string, IReadOnlyList<TargetGroup>> _lastGood = [];

    public FileDiscovery(string name, FileDiscoveryConfig config, TimeProvider clock, IReadOnlyList<TargetGroup> lastGood)
    {
        Name = name;
        _config = config;
        foreach (IGrouping<string, TargetGroup> file in lastGood.DistinctBy(static group => group.Source).GroupBy(TargetGroupFile.FileOf))
        {
            _lastGood.Add(file.Key, [.. file]);
        }

        _loop = new RefreshLoop(config.RefreshInterval > TimeSpan.Zero ? config.RefreshInterval : TimeSpan.FromMinutes(5), clock);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task RunAsync(Action<DiscoveryUpdate> found, CancellationToken cancel)
    {
        try
        {
            await _loop.RunAsync(_ => Task.FromResult(Look()), found, cancel).ConfigureAwait(false);
        }
        finally
        {
            foreach (FileSystemWatcher watcher in _watchers.Values)
            {
                watcher.Dispose();
            }

            _watchers.Clear();
        }
    }

    private DiscoveryUpdate Look()
    {
        // Before reading, so that nothing written in between goes unseen.
        Watch();
        var groups = new List<TargetGroup>();
        var problems = new List<string>();
        string[] files = [.. _config.Patterns.SelectMany(PathGlob.Expand).Distinct(StringComparer.Ordinal)];
        foreach (string file in files)
        {
            try
            {
                _lastGood[file] = TargetGroupFile.Read(file);
            }
            catch (FileNotFoundException)
            {
                // Gone since it was listed.
                _lastGood.Remove(file);
            }
            catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
            {
                string reason = e is UnauthorizedAccessException ? $"{file}: permission denied" : e.Message;
                problems.Add(_lastGood.ContainsKey(file) ? $"{reason}; its last good targets are kept" : reason);
            }

            groups.AddRange(_lastGood.GetValueOrDefault(file, []));
        }

        foreach (string gone in _lastGood.Keys.Except(files, StringComparer.Ordinal).ToArray())
        {
            _lastGood.Remove(gone);
        }

        return new DiscoveryUpdate(groups, problems);
    }

    private void Watch()
    {
        foreach (string pattern in _config.Patterns)
        {
            string directory = Path.GetDirectoryName(pattern) is { Length: > 0 } named ? named : ".";
            if (_watchers.ContainsKey(directory) || _watchers.Count >= WatchersMax || !Directory.Exists(directory))
            {
                continue;
            }

            FileSystemWatcher? watcher = null;
            try
            {
                watcher = new FileSystemWatcher(directory)
                {
                    NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
                };
                watcher.Changed += (_, _) => _loop.Hint();
                watcher.Created += (_, _) => _loop.Hint();
                watcher.Deleted += (_, _) => _loop.Hint();
                watcher.Renamed += (_, _) => _loop.Hint();
                watcher.Error += (_, _) => _loop.Hint();
                watcher.EnableRaisingEvents = true;
                _watchers.Add(directory, watcher);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // The system's watches are used up, or the directory has just gone: the refresh remains.
                watcher?.Dispose();
            }
        }
    }
}
