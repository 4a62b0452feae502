using static Pleiad.Scraping.CloudDiscoveryShapes;

namespace Pleiad.Scraping;

/// <summary>Discovery by schedulers, registries and inventories: read and checked, not run.</summary>
/// <remarks>Keys, defaults and checks as documented for Prometheus 3, "Configuration".</remarks>
internal static class PlatformDiscoveryShapes
{
    private static readonly ConfigField Port80 = new("port", ValueKind.Int) { Default = 80L };

    private static readonly ConfigField TagSeparator = new("tag_separator", ValueKind.Text) { Default = "," };

    private static readonly ConfigField DockerFilters = new(
        "filters",
        ValueKind.Sections(new ConfigShape("moby.Filter", [new("name", ValueKind.Text), new("values", ValueKind.Texts)]), "empty or null filter"));

    private static readonly ConfigField[] ZooKeeper =
    [
        new("servers", ValueKind.Texts),
        new("paths", ValueKind.Texts),
        new("timeout", ValueKind.Duration) { Default = TimeSpan.FromSeconds(10) },
    ];

    private static readonly Dictionary<string, string[]> KubernetesSelectors = new()
    {
        ["pod"] = ["pod", "node"],
        ["service"] = ["service"],
        ["endpointslice"] = ["pod", "service", "endpointslice"],
        ["endpoints"] = ["pod", "service", "endpoints"],
        ["node"] = ["node"],
        ["ingress"] = ["ingress"],
    };

    private static readonly ConfigShape KubernetesSelector = new(
        "kubernetes.SelectorConfig",
        [KubernetesRole(), new("label", ValueKind.Text), new("field", ValueKind.Checked(FieldSelectorProblem))]);

    private static readonly ConfigShape KubernetesNamespaces = new(
        "kubernetes.plain",
        [new("own_namespace", ValueKind.Flag), new("names", ValueKind.Texts)]);

    private static readonly ConfigShape KubernetesMetadata = new(
        "kubernetes.AttachMetadataConfig",
        [new("node", ValueKind.Flag), new("namespace", ValueKind.Flag)]);

    public static readonly ConfigField[] Fields =
    [
        Web(
            "consul",
            [
                new("server", ValueKind.Text) { Default = "localhost:8500" },
                new("path_prefix", ValueKind.Text),
                new("token", ValueKind.Secret),
                new("datacenter", ValueKind.Text),
                new("namespace", ValueKind.Text),
                new("partition", ValueKind.Text),
                TagSeparator,
                new("scheme", ValueKind.Text) { Default = "http" },
                new("username", ValueKind.Text),
                new("password", ValueKind.Secret),
                new("allow_stale", ValueKind.Flag) { Default = true, Always = true },
                DiscoveryShapes.Refresh(seconds: 30),
                new("services", ValueKind.Texts),
                new("tags", ValueKind.Texts),
                new("node_meta", ValueKind.TextMap),
                new("health_filter", ValueKind.Text),
                new("filter", ValueKind.Text),
            ],
            CheckConsul),
        Web(
            "docker",
            [
                new("host", ValueKind.Text),
                Port80,
                DockerFilters,
                new("host_networking_host", ValueKind.Text) { Default = "localhost" },
                DiscoveryShapes.Refresh(),
                new("match_first_network", ValueKind.Flag) { Default = true, Always = true },
            ],
            section => Require(section, ("host", "host missing"))),
        Web(
            "dockerswarm",
            [new("host", ValueKind.Text), new("role", ValueKind.Text), Port80, DockerFilters, DiscoveryShapes.Refresh()],
            CheckDockerSwarm),
        Web(
            "eureka",
            [new("server", ValueKind.Text), DiscoveryShapes.Refresh(seconds: 30)],
            section => RequireServer(section, "eureka_sd: empty or null eureka server", "invalid eureka server URL")),
        Web(
            "kubernetes",
            [
                new("api_server", ValueKind.Url),
                KubernetesRole(),
                new("kubeconfig_file", ValueKind.File),
                new("namespaces", ValueKind.Section(KubernetesNamespaces)),
                new("selectors", ValueKind.Sections(KubernetesSelector, "empty or null selector")),
                new("attach_metadata", ValueKind.Section(KubernetesMetadata)),
            ],
            CheckKubernetes),
        Web(
            "kuma",
            [
                new("server", ValueKind.Text),
                DiscoveryShapes.Refresh(seconds: 30),
                new("fetch_timeout", ValueKind.Duration) { Default = TimeSpan.FromMinutes(2) },
                new("client_id", ValueKind.Text),
            ],
            section => RequireServer(section, "kuma SD server must not be empty", "kuma SD server must not be empty and have a scheme")),
        Web(
            "marathon",
            [
                new("servers", ValueKind.Texts),
                DiscoveryShapes.Refresh(seconds: 30),
                new("auth_token", ValueKind.Secret),
                new("auth_token_file", ValueKind.File),
            ],
            CheckMarathon),
        Plain("nerve", ZooKeeper, section => CheckZooKeeper(section, "nerve SD config")),
        Plain("serverset", ZooKeeper, section => CheckZooKeeper(section, "serverset SD config")),
        Web(
            "nomad",
            [
                new("allow_stale", ValueKind.Flag) { Default = true, Always = true },
                new("namespace", ValueKind.Text) { Default = "default" },
                DiscoveryShapes.Refresh(),
                new("region", ValueKind.Text) { Default = "global" },
                new("server", ValueKind.Text) { Default = "http://localhost:4646" },
                TagSeparator,
            ],
            section => Require(section, ("server", "nomad SD configuration requires a server address"))),
        Web(
            "puppetdb",
            [
                DiscoveryShapes.Refresh(),
                new("url", ValueKind.Url),
                new("query", ValueKind.Text),
                new("include_parameters", ValueKind.Flag),
                Port80,
            ],
            section =>
            {
                DiscoveryShapes.RequireHttpUrl(section, "url");
                Require(section, ("query", "query missing"));
            }),
        Plain(
            "triton",
            [
                new("account", ValueKind.Text),
                new("role", ValueKind.Text) { Default = "container" },
                new("dns_suffix", ValueKind.Text),
                new("endpoint", ValueKind.Text),
                new("groups", ValueKind.Texts),
                new("port", ValueKind.Int) { Default = 9163L },
                DiscoveryShapes.Refresh(),
                new("tls_config", ValueKind.Section(HttpShapes.Tls)),
                new("version", ValueKind.Int) { Default = 1L },
            ],
            CheckTriton),
        Web(
            "uyuni",
            [
                new("server", ValueKind.Text),
                new("username", ValueKind.Text),
                new("password", ValueKind.Secret),
                new("entitlement", ValueKind.Text) { Default = "monitoring_entitled" },
                new("separator", ValueKind.Text) { Default = "," },
                DiscoveryShapes.Refresh(),
            ],
            section => Require(
                section,
                ("server", "Uyuni SD configuration requires server host"),
                ("username", "Uyuni SD configuration requires a username"),
                ("password", "Uyuni SD configuration requires a password"))),
    ];

    private static ConfigField KubernetesRole() =>
        Role("Kubernetes SD", required: true, "node", "pod", "service", "endpoints", "endpointslice", "ingress");

    private static void RequireServer(ConfigSection section, string missing, string incomplete)
    {
        Require(section, ("server", missing));
        string server = section.Text("server");
        if (UrlText.SchemeOf(server).Length == 0 || UrlText.HostOf(server).Length == 0)
        {
            throw section.Fail(incomplete, "server");
        }
    }

    private static void CheckConsul(ConfigSection section)
    {
        Require(section, ("server", "consul SD configuration requires a server address"));
        if ((!section.IsZero("username") || !section.IsZero("password")) && section.Section("basic_auth") is not null)
        {
            throw section.Fail("at most one of consul SD configuration username and password and basic auth can be configured", "basic_auth");
        }

        if (!section.IsZero("token") && (section.Section("authorization") is not null || section.Section("oauth2") is not null))
        {
            throw section.Fail("at most one of consul SD token, authorization, or oauth2 can be configured", "token");
        }
    }

    private static void CheckDockerSwarm(ConfigSection section)
    {
        Require(section, ("host", "host missing"), ("role", "role missing (one of: tasks, services, nodes)"));
        if (section.Text("role") is not ("services" or "nodes" or "tasks"))
        {
            throw section.Fail($"invalid role {section.Text("role")}, expected tasks, services, or nodes", "role");
        }
    }

    private static void CheckKubernetes(ConfigSection section)
    {
        Require(section, ("role", "role missing (one of: pod, service, endpoints, endpointslice, node, ingress)"));
        HttpShapes.Check(section);
        bool server = !section.IsZero("api_server");
        bool kubeconfig = !section.IsZero("kubeconfig_file");
        bool ownNamespace = section.Section("namespaces")?.Flag("own_namespace") ?? false;
        string? problem = (server, kubeconfig) switch
        {
            (true, true) => "cannot use 'kubeconfig_file' and 'api_server' simultaneously",
            (false, true) when !HttpShapes.IsDefault(section) => "cannot use a custom HTTP client configuration together with 'kubeconfig_file'",
            (false, false) when !HttpShapes.IsDefault(section) =>
                "to use custom HTTP client configuration please provide the 'api_server' URL explicitly",
            (true, false) when ownNamespace => "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously",
            (false, true) when ownNamespace => "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously",
            _ => null,
        };
        if (problem is not null)
        {
            throw section.Fail(problem);
        }

        var seen = new HashSet<string>();
        string[] allowed = KubernetesSelectors[section.Text("role")];
        foreach (ConfigSection selector in section.Sections("selectors"))
        {
            string role = selector.Text("role");
            if (!seen.Add(role))
            {
                throw selector.Fail($"duplicated selector role: {role}", "role");
            }

            if (!allowed.Contains(role))
            {
                throw selector.Fail($"{section.Text("role")} role supports only {string.Join(", ", allowed)} selectors", "role");
            }
        }
    }

    // field=value, field==value, field!=value, separated by commas; a backslash escapes the next character.
    private static string? FieldSelectorProblem(string selector)
    {
        foreach (string term in selector.Replace("\\,", string.Empty, StringComparison.Ordinal).Split(','))
        {
            if (term.Length > 0 && !term.Contains('=', StringComparison.Ordinal))
            {
                return $"invalid selector: '{selector}'; can't understand '{term}'";
            }
        }

        return null;
    }

    private static void CheckMarathon(ConfigSection section)
    {
        Require(section, ("servers", "marathon_sd: must contain at least one Marathon server"));
        bool token = !section.IsZero("auth_token");
        bool file = !section.IsZero("auth_token_file");
        if (token && file)
        {
            throw section.Fail("marathon_sd: at most one of auth_token & auth_token_file must be configured", "auth_token_file");
        }

        if (!token && !file)
        {
            return;
        }

        if (section.Section("basic_auth") is not null)
        {
            throw section.Fail("marathon_sd: at most one of basic_auth, auth_token & auth_token_file must be configured", "basic_auth");
        }

        if (!section.IsZero("bearer_token") || !section.IsZero("bearer_token_file"))
        {
            throw section.Fail("marathon_sd: at most one of bearer_token, bearer_token_file, auth_token & auth_token_file must be configured");
        }

        if (section.Section("authorization") is not null)
        {
            throw section.Fail("marathon_sd: at most one of auth_token, auth_token_file & authorization must be configured", "authorization");
        }
    }

    private static void CheckZooKeeper(ConfigSection section, string name)
    {
        Require(
            section,
            ("servers", $"{name} must contain at least one Zookeeper server"),
            ("paths", $"{name} must contain at least one path"));
        foreach (string path in section.Texts("paths"))
        {
            if (!path.StartsWith('/'))
            {
                throw section.Fail($"{name} paths must begin with '/': {path}", "paths");
            }
        }
    }

    private static void CheckTriton(ConfigSection section)
    {
        if (section.Text("role") is not ("container" or "cn"))
        {
            throw section.Fail("triton SD configuration requires role to be 'container' or 'cn'", "role");
        }

        Require(
            section,
            ("account", "triton SD configuration requires an account"),
            ("dns_suffix", "triton SD configuration requires a dns_suffix"),
            ("endpoint", "triton SD configuration requires an endpoint"),
            ("refresh_interval", "triton SD configuration requires RefreshInterval to be a positive integer"));
    }
}
