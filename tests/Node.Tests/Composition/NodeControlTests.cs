using Pleiad.Kernel;
using Pleiad.Persistence;
using Pleiad.Scraping;

namespace Pleiad.Node.Tests;

/// <summary>What is shown as loaded is what is worked by, sooner or later.</summary>
public sealed class NodeControlTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pleiad-control-");
    private readonly MemoryClusterStore _store = new(new Random(1));
    private readonly LogLines _log = new();
    private readonly List<string> _applied = [];
    private int _failures;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task What_another_node_has_put_in_force_is_applied_again_until_everybody_has_taken_it_over()
    {
        NodeConfiguration configuration = Configuration("a");
        using NodeControl control = Control(configuration);
        control.Cluster = await ClusterAsync("here", configuration);
        ClusterConfiguration other = await ClusterAsync("other", Configuration("b"));
        Assert.Null(await other.ReloadAsync(None));

        _failures = 2;
        await control.FollowAsync(None);
        Assert.Empty(_applied);
        Assert.False(configuration.LastSucceeded);
        Assert.NotNull(configuration.FailedAt);
        await control.FollowAsync(None);
        Assert.False(configuration.LastSucceeded);
        await control.FollowAsync(None);
        Assert.Equal(["b"], _applied);
        Assert.True(configuration.LastSucceeded);
        Assert.Null(configuration.FailedAt);
        Assert.Contains("not every scrape pool", Assert.Single(_log.Errors), StringComparison.Ordinal);
        await control.FollowAsync(None);
        Assert.Single(_applied);
    }

    [Fact]
    public async Task A_reload_that_was_not_taken_over_says_so_and_the_next_look_does_it()
    {
        NodeConfiguration configuration = Configuration("a");
        using NodeControl control = Control(configuration);
        control.Cluster = await ClusterAsync("here", configuration);
        _failures = 1;
        Assert.Contains("not every scrape pool", await control.ReloadAsync(None), StringComparison.Ordinal);
        Assert.False(configuration.LastSucceeded);

        // What is refused meanwhile stays refused.
        await new SharedConfiguration(_store.Documents, "other", TimeProvider.System).PublishAsync(new ConfigurationText("scrape_configs: 7", []), onlyIfNone: false, None);
        await control.FollowAsync(None);
        Assert.Equal(["a"], _applied);
        Assert.False(configuration.LastSucceeded);
        Assert.Null(await control.ReloadAsync(None));
        Assert.True(configuration.LastSucceeded);
    }

    private NodeControl Control(NodeConfiguration configuration) => new(configuration, config =>
    {
        if (_failures-- > 0)
        {
            throw new AskTimeoutException(null!, TimeSpan.FromSeconds(30));
        }

        _applied.Add(config.ScrapeConfigs.Single().JobName);
        return Task.CompletedTask;
    });

    private NodeConfiguration Configuration(string job)
    {
        string path = Path.Combine(_root.FullName, job + ".yml");
        File.WriteAllText(path, $"scrape_configs: [{{job_name: {job}}}]\n");
        return NodeConfiguration.Load(path, static () => string.Empty, _log);
    }

    private async Task<ClusterConfiguration> ClusterAsync(string name, NodeConfiguration configuration)
    {
        var cluster = new ClusterConfiguration(new SharedConfiguration(_store.Documents, name, TimeProvider.System), configuration, _log);
        await cluster.BeginAsync(None);
        return cluster;
    }
}
