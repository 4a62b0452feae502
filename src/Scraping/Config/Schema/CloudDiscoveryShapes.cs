namespace Pleiad.Scraping;

/// <summary>Discovery by the APIs of cloud providers: read and checked, not run.</summary>
/// <remarks>Keys, defaults and checks as documented for Prometheus 3, "Configuration".</remarks>
internal static class CloudDiscoveryShapes
{
    private static readonly ConfigField Port80 = new("port", ValueKind.Int) { Default = 80L };

    private static readonly ConfigShape AwsFilter = new(
        "aws.EC2Filter",
        [new("name", ValueKind.Text), new("values", ValueKind.Texts)],
        filter =>
        {
            if (filter.IsZero("values"))
            {
                throw filter.Fail("EC2 SD configuration filter values cannot be empty", "values");
            }
        });

    private static readonly ConfigField[] AwsCommon =
    [
        new("region", ValueKind.Text),
        new("endpoint", ValueKind.Text),
        new("access_key", ValueKind.Text),
        new("secret_key", ValueKind.Secret),
        new("profile", ValueKind.Text),
        new("role_arn", ValueKind.Text),
        new("external_id", ValueKind.Text),
        DiscoveryShapes.Refresh(),
        Port80,
    ];

    private static readonly ConfigField AwsFilters = new("filters", ValueKind.Sections(AwsFilter, "empty or null filter"));

    private static readonly ConfigField[] AwsClusters =
    [
        new("clusters", ValueKind.Texts),
        new("request_concurrency", ValueKind.Int),
    ];

    public static readonly ConfigField[] Fields =
    [
        Web("aws", [Role("AWS SD", required: true, "ec2", "ecs", "elasticache", "lightsail", "msk", "rds"), .. AwsCommon, AwsFilters, .. AwsClusters]),
        Web("ec2", [.. AwsCommon, AwsFilters]),
        Web("ecs", [.. AwsCommon, .. AwsClusters]),
        Web("elasticache", [.. AwsCommon, .. AwsClusters]),
        Web("lightsail", AwsCommon),
        Web("msk", [.. AwsCommon, .. AwsClusters]),
        Web("rds", [.. AwsCommon, .. AwsClusters]),
        Web(
            "azure",
            [
                new("environment", ValueKind.Text) { Default = "AzurePublicCloud" },
                Port80,
                new("subscription_id", ValueKind.Text),
                new("tenant_id", ValueKind.Text),
                new("client_id", ValueKind.Text),
                new("client_secret", ValueKind.Secret),
                DiscoveryShapes.Refresh(minutes: 5),
                new("authentication_method", ValueKind.Text) { Default = "OAuth" },
                new("resource_group", ValueKind.Text),
            ],
            CheckAzure),
        Web("digitalocean", [DiscoveryShapes.Refresh(), Port80]),
        Plain(
            "gce",
            [
                new("project", ValueKind.Text),
                new("zone", ValueKind.Text),
                new("filter", ValueKind.Text),
                DiscoveryShapes.Refresh(),
                Port80,
                new("tag_separator", ValueKind.Text) { Default = "," },
            ],
            section => Require(section, ("project", "GCE SD configuration requires a project"), ("zone", "GCE SD configuration requires a zone"))),
        Web(
            "hetzner",
            [
                DiscoveryShapes.Refresh(),
                Port80,
                new("role", ValueKind.Checked(role => role is "robot" or "hcloud" ? null : $"unknown role {GoText.Quote(role)}")),
                new("label_selector", ValueKind.Text),
            ],
            section => Require(section, ("role", "role missing (one of: robot, hcloud)"))),
        Web(
            "ionos",
            [DiscoveryShapes.Refresh(), Port80, new("datacenter_id", ValueKind.Text)],
            section => Require(section, ("datacenter_id", "datacenter id can't be empty"))),
        Web("linode", [DiscoveryShapes.Refresh(), Port80, new("tag_separator", ValueKind.Text) { Default = "," }, new("region", ValueKind.Text)]),
        Web(
            "oci",
            [
                new("auth", ValueKind.Checked(auth => auth is "api_key" or "instance_principal"
                    ? null
                    : $"oci_sd: unknown auth method {GoText.Quote(auth)}, expected \"api_key\" or \"instance_principal\"")) { Default = "api_key" },
                new("region", ValueKind.Text),
                new("tenancy", ValueKind.Text),
                new("user", ValueKind.Text),
                new("fingerprint", ValueKind.Text),
                new("key_file", ValueKind.File),
                new("key_passphrase", ValueKind.Secret),
                new("compartments", ValueKind.Texts),
                new("port", ValueKind.Int) { Default = 9100L },
                DiscoveryShapes.Refresh(),
            ]),
        Plain(
            "openstack",
            [
                new("identity_endpoint", ValueKind.Text),
                new("username", ValueKind.Text),
                new("userid", ValueKind.Text),
                new("password", ValueKind.Secret),
                new("project_name", ValueKind.Text),
                new("project_id", ValueKind.Text),
                new("domain_name", ValueKind.Text),
                new("domain_id", ValueKind.Text),
                new("application_credential_name", ValueKind.Text),
                new("application_credential_id", ValueKind.Text),
                new("application_credential_secret", ValueKind.Secret),
                Role("OpenStack SD", required: false, "hypervisor", "instance", "loadbalancer"),
                new("region", ValueKind.Text),
                DiscoveryShapes.Refresh(),
                Port80,
                new("all_tenants", ValueKind.Flag),
                new("tls_config", ValueKind.Section(HttpShapes.Tls)),
                new("availability", ValueKind.Text) { Default = "public" },
            ],
            CheckOpenStack),
        Web(
            "outscale",
            [
                new("endpoint", ValueKind.Text),
                new("region", ValueKind.Text) { Default = "eu-west-2" },
                new("access_key", ValueKind.Text),
                new("secret_key", ValueKind.Secret),
                new("secret_key_file", ValueKind.File),
                DiscoveryShapes.Refresh(),
                Port80,
            ],
            CheckOutscale),
        Plain(
            "ovhcloud",
            [
                new("endpoint", ValueKind.Text) { Default = "ovh-eu" },
                new("application_key", ValueKind.Text),
                new("application_secret", ValueKind.Secret),
                new("consumer_key", ValueKind.Secret),
                DiscoveryShapes.Refresh(),
                new("service", ValueKind.Text),
            ],
            CheckOvhCloud),
        Web(
            "scaleway",
            [
                new("project_id", ValueKind.Text),
                new("api_url", ValueKind.Text) { Default = "https://api.scaleway.com" },
                new("zone", ValueKind.Text) { Default = "fr-par-1" },
                new("access_key", ValueKind.Text),
                new("secret_key", ValueKind.Secret),
                new("secret_key_file", ValueKind.File),
                new("name_filter", ValueKind.Text),
                new("tags_filter", ValueKind.Texts),
                DiscoveryShapes.Refresh(),
                Port80,
                new("role", ValueKind.Checked(role => role is "instance" or "baremetal" ? null : $"unknown role {GoText.Quote(role)}")),
            ],
            CheckScaleway),
        Web(
            "stackit",
            [
                DiscoveryShapes.Refresh(),
                Port80,
                new("region", ValueKind.Text) { Default = "eu01" },
                new("endpoint", ValueKind.Checked(endpoint =>
                    UrlText.Problem(endpoint) is { } problem ? $"invalid endpoint {GoText.Quote(endpoint)}: {problem}" : null)),
                new("project", ValueKind.Text),
                new("service_account_key", ValueKind.Secret),
                new("private_key", ValueKind.Secret),
                new("service_account_key_path", ValueKind.File),
                new("private_key_path", ValueKind.File),
                new("credentials_file_path", ValueKind.File),
            ]),
        Web("vultr", [DiscoveryShapes.Refresh(), Port80]),
    ];

    internal static ConfigField Web(string name, ConfigField[] fields, Action<ConfigSection>? check = null) =>
        Plain(name, [.. fields, .. HttpShapes.Fields()], section =>
        {
            check?.Invoke(section);
            HttpShapes.Check(section);
        });

    internal static ConfigField Plain(string name, ConfigField[] fields, Action<ConfigSection>? check = null) =>
        DiscoveryShapes.Of($"{name}_sd_configs", new ConfigShape($"{name}.plain", fields, check));

    internal static ConfigField Role(string of, bool required, params string[] roles) =>
        new("role", ValueKind.Checked(role => roles.Contains(role) || (role.Length == 0 && !required) ? null : $"unknown {of} role {GoText.Quote(role)}"));

    internal static void Require(ConfigSection section, params ReadOnlySpan<(string Key, string Problem)> keys)
    {
        foreach ((string key, string problem) in keys)
        {
            if (section.IsZero(key))
            {
                throw section.Fail(problem, key);
            }
        }
    }

    private static void CheckAzure(ConfigSection section)
    {
        string method = section.Text("authentication_method");
        Require(section, ("subscription_id", "azure SD configuration requires a subscription_id"));
        if (method is "OAuth")
        {
            Require(
                section,
                ("tenant_id", "azure SD configuration requires a tenant_id"),
                ("client_id", "azure SD configuration requires a client_id"),
                ("client_secret", "azure SD configuration requires a client_secret"));
        }
        else if (method is "WorkloadIdentity")
        {
            Require(
                section,
                ("tenant_id", "azure SD configuration requires a tenant_id"),
                ("client_id", "azure SD configuration requires a client_id"));
        }
        else if (method is not ("ManagedIdentity" or "SDK"))
        {
            throw section.Fail(
                $"unknown authentication_type {GoText.Quote(method)}. "
                + "Supported types are \"OAuth\", \"ManagedIdentity\", \"SDK\" or \"WorkloadIdentity\"",
                "authentication_method");
        }
    }

    private static void CheckOpenStack(ConfigSection section)
    {
        string availability = section.Text("availability");
        if (availability is not ("public" or "internal" or "admin"))
        {
            throw section.Fail($"unknown availability {availability}, must be one of admin, internal or public", "availability");
        }

        Require(section, ("role", "role missing (one of: instance, hypervisor, loadbalancer)"));
    }

    private static void CheckOutscale(ConfigSection section)
    {
        Require(
            section,
            ("region", "outscale SD configuration requires a region"),
            ("access_key", "outscale SD configuration requires an access_key"));
        CheckSecretKey(section);
    }

    private static void CheckOvhCloud(ConfigSection section)
    {
        Require(
            section,
            ("endpoint", "endpoint can not be empty"),
            ("application_key", "application key can not be empty"),
            ("application_secret", "application secret can not be empty"),
            ("consumer_key", "consumer key can not be empty"));
        if (section.Text("service") is not ("dedicated_server" or "vps"))
        {
            throw section.Fail($"unknown service: {section.Text("service")}", "service");
        }
    }

    private static void CheckScaleway(ConfigSection section)
    {
        Require(section, ("role", "role missing (one of: instance, baremetal)"), ("project_id", "project_id is mandatory"));
        CheckSecretKey(section);
        Require(section, ("access_key", "access_key is mandatory"));
    }

    private static void CheckSecretKey(ConfigSection section)
    {
        if (section.IsZero("secret_key") && section.IsZero("secret_key_file"))
        {
            throw section.Fail("one of secret_key & secret_key_file must be configured");
        }

        if (!section.IsZero("secret_key") && !section.IsZero("secret_key_file"))
        {
            throw section.Fail("at most one of secret_key & secret_key_file must be configured", "secret_key_file");
        }
    }
}
