using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

public sealed class TargetBuilderTests
{
    [Fact]
    public void A_target_has_job_and_instance_and_no_label_with_two_underscores()
    {
        Target target = Build("{job_name: node}", ("__address__", "host:9100"), ("zone", "a"), ("__meta_x", "y"));
        Assert.Equal(Labels.From(("job", "node"), ("instance", "host:9100"), ("zone", "a")), target.Labels);
        Assert.Equal("http://host:9100/metrics", target.Url);
        Assert.Equal("y", target.DiscoveredLabels.Get("__meta_x"));
        Assert.Equal("1m", target.DiscoveredLabels.Get("__scrape_interval__"));
        Assert.Equal(TimeSpan.FromMinutes(1), target.Interval);
        Assert.Equal(TimeSpan.FromSeconds(10), target.Timeout);
    }

    [Theory]
    [InlineData("host", "http", "http://host/metrics", "host")]
    [InlineData("host:80", "http", "http://host:80/metrics", "host:80")]
    [InlineData("host:443", "https", "https://host:443/metrics", "host:443")]
    [InlineData("[::1]:9100", "http", "http://[::1]:9100/metrics", "[::1]:9100")]
    public void No_port_is_added_or_taken_away(string address, string scheme, string url, string instance)
    {
        Target target = Build($"{{job_name: a, scheme: {scheme}}}", ("__address__", address));
        Assert.Equal(url, target.Url);
        Assert.Equal(instance, target.Labels.Get("instance"));
    }

    [Fact]
    public void Labels_override_scheme_path_interval_timeout_and_parameters()
    {
        Target target = Build(
            "{job_name: a, params: {module: [x, y], other: ['1 2&3']}}",
            ("__address__", "h:1"),
            ("__scheme__", "https"),
            ("__metrics_path__", "probe"),
            ("__scrape_interval__", "5s"),
            ("__scrape_timeout__", "1s"),
            ("__param_module", "http 2xx"),
            ("__param_target", "http://a/b?c"));
        Assert.Equal("https://h:1/probe?module=http+2xx&module=y&other=1+2%263&target=http%3A%2F%2Fa%2Fb%3Fc", target.Url);
        Assert.Equal(TimeSpan.FromSeconds(5), target.Interval);
        Assert.Equal(TimeSpan.FromSeconds(1), target.Timeout);
    }

    [Fact]
    public void A_path_is_data_and_gets_escaped() =>
        Assert.Equal("http://h:1/a%20b%3Fc%25d", Build("{job_name: a, metrics_path: '/a b?c%d'}", ("__address__", "h:1")).Url);

    [Theory]
    [InlineData("__scrape_interval__", "x", "error parsing scrape interval: not a valid duration string: \"x\"")]
    [InlineData("__scrape_interval__", "0s", "scrape interval cannot be 0")]
    [InlineData("__scrape_timeout__", "y", "error parsing scrape timeout: not a valid duration string: \"y\"")]
    [InlineData("__scrape_timeout__", "0", "scrape timeout cannot be 0")]
    [InlineData("__scrape_timeout__", "2m", "scrape timeout cannot be greater than scrape interval (\"2m\" > \"1m\")")]
    [InlineData("__address__", "http://x", "\"http://x\" is not a valid hostname")]
    [InlineData("__address__", "a b", "\"a b\" is not a valid hostname")]
    [InlineData("__scheme__", "ftp", "invalid scheme: \"ftp\"")]
    [InlineData("__scheme__", "file", "invalid scheme: \"file\"")]
    public void A_target_that_is_not_valid_says_why(string label, string value, string problem)
    {
        LabelsBuilder labels = new(Labels.From(("__address__", "h:1")));
        labels.Set(label, value);
        TargetOutcome outcome = new TargetBuilder(Job("{job_name: a}")).Build(labels.ToLabels(), Labels.Empty);
        Assert.Null(outcome.Target);
        Assert.Equal(problem, outcome.Problem);
    }

    [Fact]
    public void Without_an_address_there_is_no_target()
    {
        TargetOutcome outcome = new TargetBuilder(Job("{job_name: a}")).Build(Labels.Empty, Labels.From(("x", "y")));
        Assert.Equal("no address", outcome.Problem);
        Assert.False(outcome.IsDropped);
    }

    [Fact]
    public void A_targets_own_label_wins_over_its_groups()
    {
        TargetOutcome outcome = new TargetBuilder(Job("{job_name: a}")).Build(
            Labels.From(("__address__", "h:1"), ("x", "own")), Labels.From(("x", "group"), ("job", "other")));
        Assert.Equal("own", outcome.Target!.Labels.Get("x"));
        Assert.Equal("other", outcome.Target.Labels.Get("job"));
        Assert.Equal("a", outcome.Target.Pool);
    }

    [Fact]
    public void The_key_of_a_target_survives_rediscovery_with_other_meta_labels()
    {
        Target first = Build("{job_name: a}", ("__address__", "h:1"), ("__meta_pod", "x"));
        Target again = Build("{job_name: a}", ("__address__", "h:1"), ("__meta_pod", "y"));
        Target other = Build("{job_name: a}", ("__address__", "h:1"), ("__metrics_path__", "/x"));
        Assert.Equal(first.Key, again.Key);
        Assert.NotEqual(first.Key, other.Key);
    }

    [Theory]
    [InlineData("localhost:9090", "http://me:9090/metrics")]
    [InlineData("127.0.0.1:9090", "http://me:9090/metrics")]
    [InlineData("[::1]:9090", "http://me:9090/metrics")]
    [InlineData("localhost", "http://me/metrics")]
    [InlineData("other:9090", "http://other:9090/metrics")]
    public void Loopback_hosts_are_replaced_for_other_machines(string address, string url) =>
        Assert.Equal(url, Build("{job_name: a}", ("__address__", address)).UrlSeenFromElsewhere("me"));

    internal static ScrapeConfig Job(string yaml) => ScrapeConfigFile.Parse($"scrape_configs: [{yaml}]", "job.yml").ScrapeConfigs[0];

    private static Target Build(string yaml, params (string, string)[] labels)
    {
        TargetOutcome outcome = new TargetBuilder(Job(yaml)).Build(Labels.From(labels), Labels.Empty);
        Assert.Null(outcome.Problem);
        return outcome.Target!;
    }
}
