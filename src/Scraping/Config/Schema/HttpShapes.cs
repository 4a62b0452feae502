using System.Collections.Frozen;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>How HTTP clients are configured, the same everywhere in prometheus.yml.</summary>
/// <remarks>Keys and checks as documented for Prometheus 3, "&lt;http_config&gt;", "&lt;tls_config&gt;", "&lt;oauth2&gt;".</remarks>
internal static class HttpShapes
{
    // Headers that the client or the protocol sets itself.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "host", "content-encoding", "content-length", "content-type", "user-agent", "connection", "keep-alive", "proxy-authenticate",
        "proxy-authorization", "www-authenticate", "accept-encoding", "x-prometheus-remote-write-version",
        "x-prometheus-remote-read-version", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static readonly ConfigShape Tls = new(
        "config.TLSConfig",
        [
            new("ca", ValueKind.Text),
            new("cert", ValueKind.Text),
            new("key", ValueKind.Secret),
            new("ca_file", ValueKind.File),
            new("cert_file", ValueKind.File),
            new("key_file", ValueKind.File),
            new("ca_ref", ValueKind.Text) { Caveat = NoSecretManager },
            new("cert_ref", ValueKind.Text) { Caveat = NoSecretManager },
            new("key_ref", ValueKind.Text) { Caveat = NoSecretManager },
            new("server_name", ValueKind.Text),
            new("insecure_skip_verify", ValueKind.Flag) { Always = true },
            new("min_version", ValueKind.Checked(TlsVersionProblem)),
            new("max_version", ValueKind.Checked(TlsVersionProblem)),
        ],
        CheckTls);

    private static readonly ConfigShape BasicAuth = new(
        "config.BasicAuth",
        [
            new("username", ValueKind.Text),
            new("username_file", ValueKind.File),
            new("username_ref", ValueKind.Text) { Caveat = NoSecretManager },
            new("password", ValueKind.Secret),
            new("password_file", ValueKind.File),
            new("password_ref", ValueKind.Text) { Caveat = NoSecretManager },
        ]);

    private static readonly ConfigShape Authorization = new(
        "config.Authorization",
        [
            new("type", ValueKind.Text),
            new("credentials", ValueKind.Secret),
            new("credentials_file", ValueKind.File),
            new("credentials_ref", ValueKind.Text) { Caveat = NoSecretManager },
        ]);

    private static readonly ConfigShape Header = new(
        "config.Header",
        [new("values", ValueKind.Texts), new("secrets", ValueKind.Secrets), new("files", ValueKind.Files)]);

    private static readonly ConfigField[] Proxy =
    [
        new("proxy_url", ValueKind.Url),
        new("no_proxy", ValueKind.Text),
        new("proxy_from_environment", ValueKind.Flag),
        new("proxy_connect_header", new MapKindOf(ValueKind.Secrets))
        {
            Caveat = (KeyUse.Unavailable, "headers cannot be added to the CONNECT request of a proxy"),
        },
    ];

    private static readonly ConfigShape OAuth2 = new(
        "config.OAuth2",
        [
            new("client_id", ValueKind.Text) { Always = true },
            new("client_secret", ValueKind.Secret),
            new("client_secret_file", ValueKind.File),
            new("client_secret_ref", ValueKind.Text) { Caveat = NoSecretManager },
            new("client_certificate_key_id", ValueKind.Text) { Caveat = NoJwt },
            new("client_certificate_key", ValueKind.Secret) { Caveat = NoJwt },
            new("client_certificate_key_file", ValueKind.File) { Caveat = NoJwt },
            new("client_certificate_key_ref", ValueKind.Text) { Caveat = NoJwt },
            new("grant_type", ValueKind.Text) { Caveat = NoJwt },
            new("signature_algorithm", ValueKind.Text) { Caveat = NoJwt },
            new("iss", ValueKind.Text) { Caveat = NoJwt },
            new("audience", ValueKind.Text) { Caveat = NoJwt },
            new("claims", ValueKind.TextMap) { Caveat = NoJwt },
            new("scopes", ValueKind.Texts),
            new("token_url", ValueKind.Url) { Always = true },
            new("endpoint_params", ValueKind.TextMap),
            new("tls_config", ValueKind.Section(Tls)),
            .. Proxy,
        ],
        CheckProxy);

    /// <summary>The keys of an HTTP client, to be put among those of the section it belongs to.</summary>
    public static ConfigField[] Fields(bool http2 = true) =>
    [
        new("basic_auth", ValueKind.Section(BasicAuth)),
        new("authorization", ValueKind.Section(Authorization)),
        new("oauth2", ValueKind.Section(OAuth2)),
        new("bearer_token", ValueKind.Secret),
        new("bearer_token_file", ValueKind.File),
        new("tls_config", ValueKind.Section(Tls)),
        new("follow_redirects", ValueKind.Flag) { Default = true, Always = true },
        new("enable_http2", ValueKind.Flag) { Default = http2, Always = true },
        .. Proxy,
        new("http_headers", new MapKindOf(ValueKind.Section(Header))),
    ];

    /// <summary>Checks the HTTP client keys of a section, and turns bearer tokens into the authorization they are short for.</summary>
    public static void Check(ConfigSection section)
    {
        bool bearer = section.IsZero("bearer_token") is false;
        bool bearerFile = section.IsZero("bearer_token_file") is false;
        ConfigSection? basic = section.Section("basic_auth");
        ConfigSection? authorization = section.Section("authorization");
        ConfigSection? oauth2 = section.Section("oauth2");
        if (bearer && bearerFile)
        {
            throw section.Fail("at most one of bearer_token & bearer_token_file must be configured", "bearer_token_file");
        }

        if ((basic is not null || oauth2 is not null) && (bearer || bearerFile))
        {
            throw section.Fail("at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured", bearer ? "bearer_token" : "bearer_token_file");
        }

        if (basic is not null)
        {
            RequireOne(basic, "at most one of basic_auth username, username_file & username_ref must be configured", "username", "username_file", "username_ref");
            RequireOne(basic, "at most one of basic_auth password, password_file & password_ref must be configured", "password", "password_file", "password_ref");
        }

        CheckAuthorization(section, basic, authorization, oauth2, bearer, bearerFile);
        if (oauth2 is not null)
        {
            CheckOAuth2(section, basic, oauth2);
        }

        CheckProxy(section);
        CheckHeaders(section);
    }

    /// <summary>Whether the HTTP client keys all have their defaults.</summary>
    public static bool IsDefault(ConfigSection section) => Fields().All(field => !section.IsSet(field.Key));

    /// <summary>Checks the names of headers of a remote write, remote read or tracing section.</summary>
    public static void CheckReserved(ConfigSection section, string authorizationProblem)
    {
        foreach ((string name, _) in section.Map("headers"))
        {
            if (name.Equals("authorization", StringComparison.OrdinalIgnoreCase))
            {
                throw section.Fail(authorizationProblem, "headers");
            }

            if (Reserved.Contains(name))
            {
                throw section.Fail($"{name} is a reserved header. It must not be changed", "headers");
            }
        }
    }

    private static void CheckAuthorization(
        ConfigSection section, ConfigSection? basic, ConfigSection? authorization, ConfigSection? oauth2, bool bearer, bool bearerFile)
    {
        if (authorization is null)
        {
            if (bearer || bearerFile)
            {
                authorization = new ConfigSection(Authorization, string.Empty, section.Line, section.KeyPath("authorization"));
                authorization.Set("type", "Bearer");
                authorization.Set("credentials", section.Secret("bearer_token"));
                authorization.Set("credentials_file", section.Text("bearer_token_file"));
                section.Set("authorization", authorization);
                section.Set("bearer_token", Secret.None);
                section.Set("bearer_token_file", string.Empty);
            }

            return;
        }

        if (bearer || bearerFile)
        {
            throw section.Fail("authorization is not compatible with bearer_token & bearer_token_file", "authorization");
        }

        RequireOne(
            authorization, "at most one of authorization credentials & credentials_file must be configured", "credentials", "credentials_file", "credentials_ref");
        string type = authorization.Text("type").Trim();
        if (type.Equals("basic", StringComparison.OrdinalIgnoreCase))
        {
            throw section.Fail("authorization type cannot be set to \"basic\", use \"basic_auth\" instead", "authorization");
        }

        if (basic is not null || oauth2 is not null)
        {
            throw section.Fail("at most one of basic_auth, oauth2 & authorization must be configured", "authorization");
        }

        authorization.Set("type", type.Length == 0 ? "Bearer" : type);
    }

    private static void CheckOAuth2(ConfigSection section, ConfigSection? basic, ConfigSection oauth2)
    {
        if (basic is not null)
        {
            throw section.Fail("at most one of basic_auth, oauth2 & authorization must be configured", "oauth2");
        }

        if (oauth2.IsZero("client_id"))
        {
            throw oauth2.Fail("oauth2 client_id must be configured");
        }

        if (oauth2.IsZero("token_url"))
        {
            throw oauth2.Fail("oauth2 token_url must be configured");
        }

        RequireOne(
            oauth2, "at most one of oauth2 client_secret & client_secret_file must be configured", "client_secret", "client_secret_file", "client_secret_ref");
    }

    private static void CheckProxy(ConfigSection section)
    {
        bool url = !section.IsZero("proxy_url");
        bool environment = section.Flag("proxy_from_environment");
        bool exceptions = !section.IsZero("no_proxy");
        if (!section.IsZero("proxy_connect_header") && !environment && !url)
        {
            throw section.Fail(
                "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured", "proxy_connect_header");
        }

        if (environment && url)
        {
            throw section.Fail("if proxy_from_environment is configured, proxy_url must not be configured", "proxy_url");
        }

        if (environment && exceptions)
        {
            throw section.Fail("if proxy_from_environment is configured, no_proxy must not be configured", "no_proxy");
        }

        if (url && !(Uri.TryCreate(section.Text("proxy_url"), UriKind.Absolute, out Uri? proxy)
            && proxy.Scheme is "http" or "https" or "socks4" or "socks4a" or "socks5"))
        {
            throw section.Fail("proxy_url has to be an absolute URL of the scheme http, https or socks5", "proxy_url");
        }

        if (!url && exceptions)
        {
            throw section.Fail("if no_proxy is configured, proxy_url must also be configured", "no_proxy");
        }
    }

    private static void CheckHeaders(ConfigSection section)
    {
        foreach ((string name, _) in section.Map("http_headers"))
        {
            if (Reserved.Contains(name)
                || name.Equals("authorization", StringComparison.OrdinalIgnoreCase)
                || name.Equals("x-prometheus-scrape-timeout-seconds", StringComparison.OrdinalIgnoreCase))
            {
                throw section.Fail($"setting header {QuotedText.Of(name)} is not allowed", "http_headers");
            }

            if (name.Length == 0 || name.Any(c => c is <= ' ' or >= '\x7f' or ':' or '"' or '(' or ')' or ',' or '/' or '{' or '}'))
            {
                throw section.Fail($"{QuotedText.Of(name)} is not a valid header name", "http_headers");
            }
        }
    }

    private static void CheckTls(ConfigSection tls)
    {
        RequireOne(tls, "at most one of ca and ca_file must be configured", "ca", "ca_file", "ca_ref");
        RequireOne(tls, "at most one of cert and cert_file must be configured", "cert", "cert_file", "cert_ref");
        RequireOne(tls, "at most one of key and key_file must be configured", "key", "key_file", "key_ref");
        bool cert = !tls.IsZero("cert") || !tls.IsZero("cert_file") || !tls.IsZero("cert_ref");
        bool key = !tls.IsZero("key") || !tls.IsZero("key_file") || !tls.IsZero("key_ref");
        if (cert && !key)
        {
            throw tls.Fail("exactly one of key or key_file must be configured when a client certificate is configured");
        }

        if (key && !cert)
        {
            throw tls.Fail("exactly one of cert or cert_file must be configured when a client key is configured");
        }
    }

    private static void RequireOne(ConfigSection section, string problem, params ReadOnlySpan<string> keys)
    {
        bool found = false;
        foreach (string key in keys)
        {
            if (!section.IsZero(key))
            {
                if (found)
                {
                    throw section.Fail(problem, key);
                }

                found = true;
            }
        }
    }

    private static string? TlsVersionProblem(string version) =>
        version is "" or "TLS10" or "TLS11" or "TLS12" or "TLS13" ? null : $"unknown TLS version: {version}";

    private static (KeyUse, string) NoSecretManager => (KeyUse.Unavailable, "there is no secret manager to look references up in");

    private static (KeyUse, string) NoJwt => (KeyUse.Unavailable, "only the client credentials grant with a client secret is supported");
}
