using System.Text;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class ScrapeConfigFileTests
{
    [Theory]
    [InlineData("storage: {tsdb: {retention: {percentage: 50}}}", "storage.tsdb.retention.percentage is not available")]
    [InlineData("storage: {tsdb: {stale_series_compaction_threshold: 0.5}}", "storage.tsdb.stale_series_compaction_threshold is ignored")]
    [InlineData("rule_files: [rules/*.yml]", "rule_files is not available")]
    public void What_is_not_done_yet_is_in_the_report(string text, string note) =>
        Assert.Contains(note, Assert.Single(ScrapeConfigFile.Parse(text, "test.yml").Report.Warnings).ToString(), StringComparison.Ordinal);

    [Fact]
    public void An_unknown_key_is_refused_with_file_line_and_path()
    {
        ConfigException refused = Refused(
            """
            scrape_configs:
              - job_name: a
                tls_config:
                  ca_fil: x
            """);
        Assert.Equal("test.yml", refused.File);
        Assert.Equal(4, refused.Line);
        Assert.Equal("scrape_configs[0].tls_config.ca_fil", refused.Key);
        Assert.Contains("line 4: field ca_fil not found in type", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_keys_that_do_not_fit_are_said_at_once()
    {
        ConfigException refused = Refused(
            """
            global: {scrape_intervall: 1s}
            scrape_config: []
            scrape_configs: [{job_name: a, honor_labels: "yes"}]
            """);
        Assert.Contains("line 1: field scrape_intervall", refused.Message, StringComparison.Ordinal);
        Assert.Contains("line 2: field scrape_config not found in type config.plain", refused.Message, StringComparison.Ordinal);
        Assert.Contains("line 3: cannot unmarshal !!str `yes` into bool", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_that_fails_names_the_line_of_its_key()
    {
        ConfigException refused = Refused(
            """
            scrape_configs:
              - job_name: a
                scrape_interval: 5s

                scrape_timeout: 10s
            """);
        Assert.Equal(5, refused.Line);
        Assert.Equal("scrape_configs[0].scrape_timeout", refused.Key);
    }

    [Fact]
    public void Keys_without_effect_are_reported_and_those_with_effect_too()
    {
        PrometheusConfig config = Parse(
            """
            runtime: {gogc: 50}
            remote_write: [{url: "http://a/push", sigv4: {region: eu-central-1}}]
            scrape_configs:
              - job_name: a
                kubernetes_sd_configs: [{role: pod}]
                static_configs: [{targets: [a:1]}]
            """);
        Assert.Equal(
            ["runtime", "remote_write[0].sigv4", "scrape_configs[0].kubernetes_sd_configs"],
            config.Report.Warnings.Select(note => note.Key));
        Assert.Contains(config.Report.Notes, note => note is { Key: "scrape_configs[0].job_name", Use: KeyUse.Used, Line: 4 });
        UnavailableDiscoveryConfig missing = Assert.Single(config.ScrapeConfigs[0].Discoveries.OfType<UnavailableDiscoveryConfig>());
        Assert.Equal("kubernetes_sd_configs", missing.Key);
    }

    [Fact]
    public void Merge_keys_fill_in_what_is_not_written_out()
    {
        PrometheusConfig config = Parse(
            """
            scrape_configs:
              - &base
                job_name: a
                scrape_interval: 5s
                scheme: https
              - <<: *base
                job_name: b
            """);
        Assert.Equal("b", config.ScrapeConfigs[1].JobName);
        Assert.Equal(TimeSpan.FromSeconds(5), config.ScrapeConfigs[1].ScrapeInterval);
        Assert.Equal("https", config.ScrapeConfigs[1].Scheme);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Nesting_has_a_limit(int levels, bool isYaml)
    {
        ConfigException refused = Refused(new string('[', levels) + new string(']', levels));
        Assert.Equal(!isYaml, refused.Message.Contains("nested deeper than 64 levels", StringComparison.Ordinal));
    }

    [Fact]
    public void Very_deep_nesting_is_refused_without_running_out_of_stack() =>
        Assert.Contains("nested deeper", Refused(new string('[', 1_000_000)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_billion_laughs_are_refused()
    {
        var text = new StringBuilder("a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]\n");
        for (int i = 1; i < 10; i++)
        {
            text.Append($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Contains("excessive aliasing", Refused(text.ToString()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Aliases_have_a_limit(int aliases, bool loads)
    {
        string text = $"rule_files: [&a x.yml, {string.Join(", ", Enumerable.Repeat("*a", aliases))}]";
        Assert.Equal(loads, Record.Exception(() => Parse(text)) is null);
    }

    [Fact]
    public void A_document_beyond_its_size_limit_is_refused() =>
        Assert.Contains("longer than", Refused("# " + new string('x', YamlReader.CharsMax)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("global: !!System.Diagnostics.Process {}")]
    [InlineData("global: !mine {}")]
    [InlineData("scrape_configs: [{job_name: !!python/object x}]")]
    public void Tags_of_ones_own_are_refused(string text) =>
        Assert.Contains("tag", Refused(text).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a: b: c")]
    [InlineData("global: {")]
    [InlineData("global:\n\tscrape_interval: 1s")]
    [InlineData("*nothing")]
    [InlineData("- a\n- b")]
    [InlineData("\"unclosed")]
    public void What_is_not_a_configuration_is_refused_with_a_line(string text) =>
        Assert.True(Refused(text).Line > 0);

    [Fact]
    public void Every_prefix_of_a_good_file_loads_or_is_refused()
    {
        const string Text =
            """
            global: {scrape_interval: 5s, external_labels: {a: "b${X}"}}
            scrape_configs:
              - job_name: a
                params: {match[]: ['{job="x"}', up]}
                static_configs:
                  - targets: ["a:1", 'b:2']
                    labels: {x: |
                      y}
                relabel_configs:
                  - {source_labels: [__address__], regex: "(.*):(.*)", target_label: t}
            """;
        for (int length = 0; length <= Text.Length; length++)
        {
            Exception? outcome = Record.Exception(() => Parse(Text[..length]));
            Assert.True(outcome is null or ConfigException, $"{length}: {outcome}");
        }
    }

    [Fact]
    public void Sizes_are_powers_of_1024_and_need_a_unit()
    {
        Assert.Equal(15L * 1024 * 1024, Size("15MB"));
        Assert.Equal(15L * 1024 * 1024, Size("15MiB"));
        Assert.Equal((1L << 30) + (1L << 29), Size("1.5GB"));
        Assert.Equal(0, Size("0"));
        Assert.False(ByteSize.TryParse("100", out _, out _));
        Assert.False(ByteSize.TryParse("1XB", out _, out _));
        Assert.Equal("1GiB512MiB", ByteSize.Format((1L << 30) + (1L << 29)));

        static long Size(string text) => ByteSize.TryParse(text, out long bytes, out string problem) ? bytes : throw new FormatException(problem);
    }

    [Fact]
    public void A_job_without_limits_gets_finite_ones()
    {
        ScrapeConfig job = Parse("scrape_configs: [{job_name: a, sample_limit: 7}]").ScrapeConfigs[0];
        ScrapeLimits limits = job.LimitsWith(ScrapeLimits.Default);
        Assert.Equal(7, limits.SamplesMax);
        Assert.Equal(32 * 1024 * 1024, limits.BodyBytesMax);
        Assert.Equal(64, limits.LabelsMax);
    }

    [Fact]
    public void Relative_paths_are_seen_from_the_directory_of_the_file()
    {
        PrometheusConfig config = ScrapeConfigFile.Parse(
            """
            rule_files: [rules/*.yml, /etc/x.yml, ../up.yml]
            scrape_configs: [{job_name: a, tls_config: {ca_file: ca.pem}, file_sd_configs: [{files: [sd/*.json]}]}]
            """,
            "/etc/prometheus/prometheus.yml");
        Assert.Equal(["/etc/prometheus/rules/*.yml", "/etc/x.yml", "/etc/up.yml"], config.RuleFiles);
        Assert.Equal("/etc/prometheus/ca.pem", config.ScrapeConfigs[0].Http.Tls.CaFile);
        Assert.Equal(["/etc/prometheus/sd/*.json"], Assert.IsType<FileDiscoveryConfig>(config.ScrapeConfigs[0].Discoveries[0]).Patterns);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$A", "1")]
    [InlineData("${A}", "1")]
    [InlineData("x$A-y", "x1-y")]
    [InlineData("$$A", "$A")]
    [InlineData("$UNKNOWN.", ".")]
    [InlineData("${A", "A")]
    [InlineData("${}x", "x")]
    [InlineData("100$", "100$")]
    [InlineData("$ a", "$ a")]
    public void Environment_variables_are_filled_into_external_labels(string value, string expanded)
    {
        PrometheusConfig config = ScrapeConfigFile.Parse($"global: {{external_labels: {{l: '{value}'}}}}", "test.yml", name => name == "A" ? "1" : null);
        Assert.Equal(expanded, config.Global.ExternalLabels.Get("l"));
    }

    [Fact]
    public void A_file_that_is_not_utf8_is_refused_with_its_line()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["bad.yml"], [.. "global:\n"u8, .. "# "u8, 0xFF, .. "\n"u8]);
        Assert.Contains("invalid UTF-8", Assert.Throws<ConfigException>(() => ScrapeConfigFile.Load(directory["bad.yml"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proxy:3128")]
    [InlineData("/just/a/path")]
    [InlineData("ftp://proxy:3128")]
    public void A_proxy_that_cannot_be_one_is_refused_at_once(string url) =>
        Assert.Equal("scrape_configs[0].proxy_url", Refused($"scrape_configs: [{{job_name: a, proxy_url: '{url}'}}]").Key);

    private static PrometheusConfig Parse(string text) => ScrapeConfigFile.Parse(text, "test.yml", _ => null);

    private static ConfigException Refused(string text) => Assert.Throws<ConfigException>(() => Parse(text));
}
