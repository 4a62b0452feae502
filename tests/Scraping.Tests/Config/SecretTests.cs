using System.Reflection;

namespace Pleiad.Scraping.Tests;

public sealed class SecretTests
{
    private const string Canary = "canary-7f3a91";

    [Fact]
    public void A_secret_prints_as_a_mask_and_reveals_only_on_demand()
    {
        var secret = new Secret(Canary);
        Assert.Equal("<secret>", secret.ToString());
        Assert.Equal("<secret>", $"{secret}");
        Assert.Equal(Canary, secret.Reveal());
        Assert.DoesNotContain(Canary, System.Text.Json.JsonSerializer.Serialize(secret), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, new AuthorizationConfig("Bearer", secret, string.Empty).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_canary_in_every_secret_key_of_every_section_is_never_printed()
    {
        var seen = new HashSet<ConfigShape>();
        int secrets = 0;
        Walk(ServerShapes.Root);
        Assert.True(secrets > 50, $"only {secrets} secret keys were found");

        void Walk(ConfigShape shape)
        {
            if (!seen.Add(shape))
            {
                return;
            }

            var section = new ConfigSection(shape, "file", 1, "section");
            foreach (ConfigField field in shape.Fields)
            {
                if (field.Kind == ValueKind.Secret)
                {
                    section.Set(field.Key, new Secret(Canary));
                    secrets++;
                }

                if (ShapeOf(field.Kind) is { } inner)
                {
                    Walk(inner);
                }
            }

            string yaml = YamlWriter.Write(new SectionKind(shape).Plain(section));
            Assert.DoesNotContain(Canary, yaml, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{job_name: a, basic_auth: {username: u, password: canary-7f3a91}}")]
    [InlineData("{job_name: a, authorization: {credentials: canary-7f3a91}}")]
    [InlineData("{job_name: a, bearer_token: canary-7f3a91}")]
    [InlineData("{job_name: a, proxy_url: 'http://user:canary-7f3a91@proxy:3128'}")]
    [InlineData("{job_name: a, oauth2: {client_id: i, client_secret: canary-7f3a91, token_url: 'http://user:canary-7f3a91@host/token'}}")]
    [InlineData("{job_name: a, http_headers: {x-key: {secrets: [canary-7f3a91]}}}")]
    [InlineData("{job_name: a, http_sd_configs: [{url: 'http://user:canary-7f3a91@host/'}]}")]
    [InlineData("{job_name: a, tls_config: {cert: c, key: canary-7f3a91}}")]
    [InlineData("{job_name: a, consul_sd_configs: [{token: canary-7f3a91}]}")]
    public void A_loaded_configuration_never_prints_its_secrets(string job)
    {
        PrometheusConfig config = ScrapeConfigFile.Parse($"scrape_configs: [{job}]", "secrets.yml");
        Assert.DoesNotContain(Canary, config.ToYaml(), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, config.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, string.Join('\n', config.ScrapeConfigs), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, string.Join('\n', config.ScrapeConfigs.SelectMany(one => one.Discoveries)), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, string.Join('\n', config.Report.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{job_name: a, basic_auth: {username: u, password: canary-7f3a91, password_file: f}}")]
    [InlineData("{job_name: a, bearer_token: canary-7f3a91, bearer_token_file: f}")]
    [InlineData("{job_name: a, basic_auth: {password: [canary-7f3a91]}}")]
    [InlineData("{job_name: a, proxy_url: 'http://user:canary-7f3a91@pro xy:3128'}")]
    [InlineData("{job_name: a, http_sd_configs: [{url: 'ftp://user:canary-7f3a91@host/'}]}")]
    public void A_refusal_never_prints_the_secret_it_is_about(string job)
    {
        ConfigException refused = Assert.Throws<ConfigException>(() => ScrapeConfigFile.Parse($"scrape_configs: [{job}]", "secrets.yml"));
        Assert.DoesNotContain("canary", refused.ToString(), StringComparison.Ordinal);
    }

    private static ConfigShape? ShapeOf(ValueKind kind)
    {
        foreach (FieldInfo field in kind.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
        {
            if (field.GetValue(kind) is ConfigShape shape)
            {
                return shape;
            }

            if (field.GetValue(kind) is ValueKind inner && ShapeOf(inner) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
