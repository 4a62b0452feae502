namespace Pleiad.Scraping;

/// <summary>How an HTTP client connects and shows who it is. Files are named, not read; they are read when they are needed.</summary>
public sealed record HttpClientConfig
{
    /// <summary>No credentials, default TLS, redirects followed.</summary>
    public static readonly HttpClientConfig Default = new();

    /// <summary>User and password; null where not set.</summary>
    public BasicAuthConfig? BasicAuth { get; init; }

    /// <summary>The <c>Authorization</c> header; null where not set.</summary>
    public AuthorizationConfig? Authorization { get; init; }

    /// <summary>The client credentials grant; null where not set.</summary>
    public OAuth2Config? OAuth2 { get; init; }

    /// <summary>TLS.</summary>
    public TlsConfig Tls { get; init; } = TlsConfig.Default;

    /// <summary>Whether redirects are followed. Credentials and custom headers do not follow to another host.</summary>
    public bool FollowRedirects { get; init; } = true;

    /// <summary>Whether HTTP/2 may be negotiated over TLS.</summary>
    public bool EnableHttp2 { get; init; } = true;

    /// <summary>The proxy.</summary>
    public ProxyConfig Proxy { get; init; } = ProxyConfig.None;

    /// <summary>Headers to be added, in order of names.</summary>
    public IReadOnlyList<HttpHeaderConfig> Headers { get; init; } = [];

    internal static HttpClientConfig From(ConfigSection section) => new()
    {
        BasicAuth = section.Section("basic_auth") is { } basic
            ? new BasicAuthConfig(basic.Text("username"), basic.Text("username_file"), basic.Secret("password"), basic.Text("password_file"))
            : null,
        Authorization = section.Section("authorization") is { } authorization
            ? new AuthorizationConfig(authorization.Text("type"), authorization.Secret("credentials"), authorization.Text("credentials_file"))
            : null,
        OAuth2 = section.Section("oauth2") is { } oauth2 ? OAuth2Config.From(oauth2) : null,
        Tls = TlsConfig.From(section.Section("tls_config")),
        FollowRedirects = section.Flag("follow_redirects"),
        EnableHttp2 = section.Flag("enable_http2"),
        Proxy = ProxyConfig.From(section),
        Headers =
        [
            .. section.Map("http_headers")
                .Where(header => header.Value is not null)
                .OrderBy(header => header.Key, StringComparer.Ordinal)
                .Select(header => HttpHeaderConfig.From(header.Key, (ConfigSection)header.Value!)),
        ],
    };
}

/// <summary>User and password; a file, where named, is read again for every use.</summary>
public sealed record BasicAuthConfig(string Username, string UsernameFile, Secret Password, string PasswordFile);

/// <summary>The <c>Authorization</c> header: its type and credentials; a file, where named, is read again for every use.</summary>
public sealed record AuthorizationConfig(string Type, Secret Credentials, string CredentialsFile);

/// <summary>One header: plain values, secret values, and files whose content is the value.</summary>
public sealed record HttpHeaderConfig(string Name, IReadOnlyList<string> Values, IReadOnlyList<Secret> Secrets, IReadOnlyList<string> Files)
{
    internal static HttpHeaderConfig From(string name, ConfigSection section) =>
        new(name, section.Texts("values"), [.. section.List("secrets").Cast<Secret>()], section.Texts("files"));
}

/// <summary>OAuth 2.0, client credentials grant (RFC 6749, section 4.4).</summary>
public sealed record OAuth2Config
{
    public required string ClientId { get; init; }

    public Secret ClientSecret { get; init; } = Secret.None;

    public string ClientSecretFile { get; init; } = string.Empty;

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public required string TokenUrl { get; init; }

    /// <summary>Added to the form of the token request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> EndpointParameters { get; init; } = [];

    public TlsConfig Tls { get; init; } = TlsConfig.Default;

    public ProxyConfig Proxy { get; init; } = ProxyConfig.None;

    /// <summary>The URL of tokens, its password hidden.</summary>
    public override string ToString() => UrlText.Redact(TokenUrl);

    internal static OAuth2Config From(ConfigSection section) => new()
    {
        ClientId = section.Text("client_id"),
        ClientSecret = section.Secret("client_secret"),
        ClientSecretFile = section.Text("client_secret_file"),
        Scopes = section.Texts("scopes"),
        TokenUrl = section.Text("token_url"),
        EndpointParameters = section.TextsByName("endpoint_params"),
        Tls = TlsConfig.From(section.Section("tls_config")),
        Proxy = ProxyConfig.From(section),
    };
}

/// <summary>A proxy for requests.</summary>
/// <param name="Url">Empty where there is none; may hold user and password, so it is not to be printed.</param>
/// <param name="NoProxy">Hosts, domains, addresses and networks that are reached directly, separated by commas.</param>
/// <param name="FromEnvironment">Whether <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c> and <c>NO_PROXY</c> decide.</param>
public sealed record ProxyConfig(string Url, string NoProxy, bool FromEnvironment)
{
    /// <summary>Every host is reached directly.</summary>
    public static readonly ProxyConfig None = new(string.Empty, string.Empty, false);

    /// <inheritdoc/>
    public override string ToString() => UrlText.Redact(Url);

    internal static ProxyConfig From(ConfigSection section) =>
        new(section.Text("proxy_url"), section.Text("no_proxy"), section.Flag("proxy_from_environment"));
}

/// <summary>TLS of a client. Certificates and keys are PEM, inline or in files.</summary>
public sealed record TlsConfig
{
    /// <summary>The system's certificate authorities, no client certificate, TLS 1.2 or 1.3.</summary>
    public static readonly TlsConfig Default = new();

    public string Ca { get; init; } = string.Empty;

    public string CaFile { get; init; } = string.Empty;

    public string Cert { get; init; } = string.Empty;

    public string CertFile { get; init; } = string.Empty;

    public Secret Key { get; init; } = Secret.None;

    public string KeyFile { get; init; } = string.Empty;

    /// <summary>The name the server's certificate has to be for; empty = the host of the URL.</summary>
    public string ServerName { get; init; } = string.Empty;

    /// <summary>Whether any certificate of the server is accepted.</summary>
    public bool InsecureSkipVerify { get; init; }

    /// <summary><c>TLS10</c> to <c>TLS13</c>; empty = TLS 1.2.</summary>
    public string MinVersion { get; init; } = string.Empty;

    /// <summary><c>TLS10</c> to <c>TLS13</c>; empty = TLS 1.3.</summary>
    public string MaxVersion { get; init; } = string.Empty;

    internal static TlsConfig From(ConfigSection? section) => section is null ? Default : new TlsConfig
    {
        Ca = section.Text("ca"),
        CaFile = section.Text("ca_file"),
        Cert = section.Text("cert"),
        CertFile = section.Text("cert_file"),
        Key = section.Secret("key"),
        KeyFile = section.Text("key_file"),
        ServerName = section.Text("server_name"),
        InsecureSkipVerify = section.Flag("insecure_skip_verify"),
        MinVersion = section.Text("min_version"),
        MaxVersion = section.Text("max_version"),
    };
}
