using Pleiad.Kernel;
using Pleiad.Persistence;
using Pleiad.Scraping;

namespace Pleiad.Node.Tests;

/// <summary>One prometheus.yml for all nodes of a cluster.</summary>
public sealed class ClusterConfigurationTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pleiad-configuration-");
    private readonly MemoryClusterStore _store = new(new Random(1));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task The_first_node_gives_the_cluster_its_file_and_others_take_it_and_are_told_that_theirs_is_another()
    {
        NodeOf one = await StartAsync("one", "a");
        NodeOf other = await StartAsync("other", "b");
        Assert.Equal("a", other.Jobs);
        Assert.Empty(one.Told);
        Assert.Contains("is not the cluster's: that of one", Assert.Single(other.Told), StringComparison.Ordinal);
        NodeOf same = await StartAsync("same", "a");
        Assert.Empty(same.Told);
        NodeOf without = await StartAsync("without", null);
        Assert.Equal("a", without.Jobs);
        Assert.Empty(without.Told);
    }

    [Fact]
    public async Task A_reload_on_any_node_reaches_all_and_who_was_away_takes_the_newest()
    {
        NodeOf one = await StartAsync("one", "a");
        NodeOf other = await StartAsync("other", "b");
        Assert.False(await one.Shared.LookAsync(None));
        Assert.Null(await other.Shared.ReloadAsync(None));
        Assert.Equal("b", other.Jobs);
        Assert.True(await one.Shared.LookAsync(None));
        Assert.Equal("b", one.Jobs);
        Assert.False(await one.Shared.LookAsync(None));
        Assert.False(await other.Shared.LookAsync(None));

        NodeOf back = await StartAsync("one", "a");
        Assert.Equal("b", back.Jobs);
        Assert.Contains("is an older one of the cluster", Assert.Single(back.Told), StringComparison.Ordinal);

        // What was in force before can be again.
        Assert.Null(await back.Shared.ReloadAsync(None));
        Assert.True(await other.Shared.LookAsync(None));
        Assert.Equal("a", other.Jobs);
    }

    [Fact]
    public async Task A_bad_file_is_refused_where_it_is_and_the_old_one_stays_in_force_everywhere()
    {
        NodeOf one = await StartAsync("one", "a");
        NodeOf other = await StartAsync("other", "a");
        Write("other", "scrape_configs: 7");
        Assert.Contains("prometheus.yml", await other.Shared.ReloadAsync(None), StringComparison.Ordinal);
        Assert.False(other.Configuration.LastSucceeded);
        Assert.Equal("a", other.Jobs);
        Assert.False(await one.Shared.LookAsync(None));
        Assert.True(one.Configuration.LastSucceeded);
        Write("other", TextOf("c"));
        Assert.Null(await other.Shared.ReloadAsync(None));
        Assert.True(other.Configuration.LastSucceeded);
        Assert.True(await one.Shared.LookAsync(None));
        Assert.Equal("c", one.Jobs);
    }

    [Fact]
    public async Task A_node_without_a_file_puts_nothing_in_force()
    {
        NodeOf first = await StartAsync("first", null);
        Assert.Null(await first.Shared.ReloadAsync(None));
        Assert.Null(await new SharedConfiguration(_store.Documents, "", TimeProvider.System).LookAsync(None));
        await StartAsync("second", "a");
        Assert.Null(await first.Shared.ReloadAsync(None));
        Assert.Equal("a", first.Jobs);
    }

    [Fact]
    public async Task Files_of_scrape_configs_come_with_it()
    {
        Directory.CreateDirectory(Path.Combine(_root.FullName, "one", "more"));
        File.WriteAllText(Path.Combine(_root.FullName, "one", "more", "x.yml"), TextOf("x"));
        NodeOf one = await StartAsync("one", "a", "scrape_config_files: ['more/*.yml']\n");
        NodeOf other = await StartAsync("other", "b");
        Assert.Equal("a x", one.Jobs);
        Assert.Equal("a x", other.Jobs);
        File.WriteAllText(Path.Combine(_root.FullName, "one", "more", "x.yml"), TextOf("y"));
        Assert.Null(await one.Shared.ReloadAsync(None));
        Assert.True(await other.Shared.LookAsync(None));
        Assert.Equal("a y", other.Jobs);
    }

    [Fact]
    public async Task Of_many_configurations_the_last_ones_are_kept_and_of_two_at_once_one_is_the_last()
    {
        NodeOf one = await StartAsync("one", "a");
        NodeOf other = await StartAsync("other", "a");
        for (int i = 0; i < SharedConfiguration.KeptMax + 5; i++)
        {
            Write("one", TextOf($"one{i}"));
            Write("other", TextOf($"other{i}"));
            Assert.All(await Task.WhenAll(one.Shared.ReloadAsync(None), other.Shared.ReloadAsync(None)), Assert.Null);
        }

        await one.Shared.LookAsync(None);
        await other.Shared.LookAsync(None);
        Assert.Equal(one.Jobs, other.Jobs);
        Assert.EndsWith($"{SharedConfiguration.KeptMax + 4}", one.Jobs, StringComparison.Ordinal);
        Assert.Equal(SharedConfiguration.KeptMax + 1, (await _store.Documents.ListAsync(SharedConfiguration.Kind, "", 1000, None)).Count);
    }

    [Fact]
    public async Task What_a_later_program_has_put_in_force_or_is_damaged_is_not_taken()
    {
        NodeOf one = await StartAsync("one", "a");
        Document current = (await _store.Documents.GetAsync(SharedConfiguration.Kind, SharedConfiguration.CurrentId, None))!;
        await _store.Documents.PutAsync(SharedConfiguration.Kind, SharedConfiguration.CurrentId, current.Version, "{\"format\":2}"u8.ToArray(), None);
        Assert.False(await one.Shared.LookAsync(None));
        Assert.False(await one.Shared.LookAsync(None));
        Assert.Contains("format 2", Assert.Single(one.Errors), StringComparison.Ordinal);
        Assert.False(one.Configuration.LastSucceeded);
        Assert.Contains("format 2", await one.Shared.ReloadAsync(None), StringComparison.Ordinal);
        Assert.Equal("a", one.Jobs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_missing_or_wrong_here_is_said_once_and_what_comes_after_it_is_taken(bool isMissing)
    {
        NodeOf one = await StartAsync("one", "a");
        NodeOf other = await StartAsync("other", "b");
        var store = new SharedConfiguration(_store.Documents, "elsewhere", TimeProvider.System);
        PublishedText now = (await store.PublishAsync(new ConfigurationText("scrape_configs: 7", []), onlyIfNone: false, None)).Now;
        if (isMissing)
        {
            Document text = (await _store.Documents.GetAsync(SharedConfiguration.Kind, now.Hash, None))!;
            await _store.Documents.DeleteAsync(SharedConfiguration.Kind, now.Hash, text.Version, None);
        }

        Assert.False(await one.Shared.LookAsync(None));
        Assert.False(await one.Shared.LookAsync(None));
        Assert.Contains(isMissing ? "is not among the cluster's documents" : "from elsewhere", Assert.Single(one.Errors), StringComparison.Ordinal);
        Assert.False(one.Configuration.LastSucceeded);
        Assert.Equal("a", one.Jobs);
        await Assert.ThrowsAsync<UnusableConfigurationException>(() => StartAsync("late", "c"));

        Assert.Null(await other.Shared.ReloadAsync(None));
        Assert.True(await one.Shared.LookAsync(None));
        Assert.True(one.Configuration.LastSucceeded);
        Assert.Equal("b", (await StartAsync("late", "c")).Jobs);
    }

    private static string TextOf(string job) => $"scrape_configs: [{{job_name: {job}}}]\n";

    private void Write(string node, string text)
    {
        Directory.CreateDirectory(Path.Combine(_root.FullName, node));
        File.WriteAllText(Path.Combine(_root.FullName, node, "prometheus.yml"), text);
    }

    private async Task<NodeOf> StartAsync(string name, string? job, string more = "")
    {
        if (job is not null)
        {
            Write(name, more + TextOf(job));
        }

        var log = new LogLines();
        NodeConfiguration configuration = NodeConfiguration.Load(job is null ? "" : Path.Combine(_root.FullName, name, "prometheus.yml"), static () => TextOf("embedded"), log);
        var shared = new ClusterConfiguration(new SharedConfiguration(_store.Documents, name, TimeProvider.System), configuration, log);
        await shared.BeginAsync(None);
        return new NodeOf(configuration, shared, log.Warnings, log.Errors);
    }

    private sealed record NodeOf(NodeConfiguration Configuration, ClusterConfiguration Shared, List<string> Told, List<string> Errors)
    {
        public string Jobs => string.Join(' ', Configuration.Current.ScrapeConfigs.Select(static job => job.JobName));
    }
}
