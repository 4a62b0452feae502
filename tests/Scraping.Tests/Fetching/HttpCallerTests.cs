using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class HttpCallerTests
{
    private static readonly byte[] Page = ByteTarget.Ok("a 1\n");

    [Fact]
    public async Task Basic_auth_and_custom_headers_are_sent()
    {
        using var target = ByteTarget.Of(Page);
        using FetchOutcome outcome = await PageFetcherTests.FetchAsync(
            "{job_name: a, basic_auth: {username: u, password: 'p:w'}, http_headers: {X-Key: {values: [v], secrets: [s]}}}", target);
        Assert.Equal("Basic " + Convert.ToBase64String("u:p:w"u8), target.Requests[0].Header("Authorization"));
        Assert.Equal("v,s", target.Requests[0].Header("X-Key").Replace(", ", ",", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_files_are_read_again_for_every_scrape()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["token"], "first\n");
        using var target = ByteTarget.Of(Page);
        using PageFetcher fetcher = PageFetcherTests.Fetcher($"{{job_name: a, bearer_token_file: {directory["token"]}}}", out ScrapeConfig job);
        TargetFetcher one = fetcher.For(PageFetcherTests.TargetOf(job, target.Address));
        (await one.FetchAsync(CancellationToken.None)).Dispose();
        await File.WriteAllTextAsync(directory["token"], "second");
        (await one.FetchAsync(CancellationToken.None)).Dispose();
        Assert.Equal(["Bearer first", "Bearer second"], target.Requests.Select(request => request.Header("Authorization")));
    }

    [Fact]
    public async Task A_missing_password_file_fails_the_scrape_and_says_which()
    {
        using var target = ByteTarget.Of(Page);
        using FetchOutcome outcome = await PageFetcherTests.FetchAsync("{job_name: a, basic_auth: {username: u, password_file: /no/such/file}}", target);
        Assert.Equal(FetchKind.CredentialsFailed, outcome.Kind);
        Assert.Equal("unable to read basic auth password file /no/such/file: open /no/such/file: no such file or directory", outcome.Error);
        Assert.Empty(target.Requests);
    }

    [Fact]
    public async Task A_secret_with_a_line_break_is_refused_and_not_shown()
    {
        using var target = ByteTarget.Of(Page);
        using FetchOutcome outcome = await PageFetcherTests.FetchAsync(
            "{job_name: a, authorization: {credentials: \"canary\\r\\nX-Injected: 1\"}}", target);
        Assert.Equal(FetchKind.CredentialsFailed, outcome.Kind);
        Assert.DoesNotContain("canary", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_and_custom_headers_stay_behind_when_a_redirect_leaves_the_host_and_do_not_come_back()
    {
        using var end = ByteTarget.Of(Page);
        ByteTarget? first = null;
        using var sink = new ByteTarget((request, wire, cancel) => RedirectAsync(wire, $"http://{first!.Address}/back", cancel));
        using (first = new ByteTarget((request, wire, cancel) => request.Line.Contains("/back", StringComparison.Ordinal)
            ? SendAsync(wire, Page, cancel)
            : request.Line.Contains("/same", StringComparison.Ordinal)
                ? RedirectAsync(wire, $"http://{sink.Address}/sink", cancel)
                : RedirectAsync(wire, "/same", cancel)))
        {
            using FetchOutcome outcome = await PageFetcherTests.FetchAsync(
                "{job_name: a, authorization: {credentials: t}, http_headers: {X-Key: {values: [v]}}}", first);
            Assert.True(outcome.IsPage, outcome.Error);
            Assert.Equal(["Bearer t", "Bearer t", string.Empty], first.Requests.Select(request => request.Header("Authorization")));
            Assert.Equal(["v", "v", string.Empty], first.Requests.Select(request => request.Header("X-Key")));
            Assert.Equal(string.Empty, Assert.Single(sink.Requests).Header("Authorization"));
            Assert.Equal(string.Empty, sink.Requests[0].Header("X-Key"));
        }
    }

    [Fact]
    public async Task Redirects_end_somewhere()
    {
        using var target = new ByteTarget((_, wire, cancel) => RedirectAsync(wire, "/again", cancel));
        using FetchOutcome outcome = await PageFetcherTests.FetchAsync("{job_name: a}", target);
        Assert.Contains("stopped after 10 redirects", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(HttpCaller.RedirectsMax + 1, target.Requests.Count);
    }

    [Fact]
    public async Task Redirects_are_not_followed_where_the_job_says_so()
    {
        using var target = new ByteTarget((_, wire, cancel) => RedirectAsync(wire, "/again", cancel));
        using FetchOutcome outcome = await PageFetcherTests.FetchAsync("{job_name: a, follow_redirects: false}", target);
        Assert.Equal("server returned HTTP status 302 Found", outcome.Error);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://host/")]
    public async Task A_redirect_to_another_scheme_is_refused(string location)
    {
        using var target = new ByteTarget((_, wire, cancel) => RedirectAsync(wire, location, cancel));
        using FetchOutcome outcome = await PageFetcherTests.FetchAsync("{job_name: a}", target);
        Assert.Contains("unsupported protocol scheme", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_fetched_once_and_again_when_it_expires()
    {
        var clock = new VirtualTime();
        int issued = 0;
        using var issuer = new ByteTarget((_, wire, cancel) => SendAsync(
            wire, ByteTarget.Ok($"{{\"access_token\":\"t{++issued}\",\"token_type\":\"bearer\",\"expires_in\":60}}", "Content-Type: application/json"), cancel));
        using var target = ByteTarget.Of(Page);
        using PageFetcher fetcher = PageFetcherTests.Fetcher(
            $"{{job_name: a, oauth2: {{client_id: id, client_secret: 's/', scopes: [x, y], token_url: 'http://{issuer.Address}/token', endpoint_params: {{k: v}}}}}}",
            out ScrapeConfig job,
            clock);
        TargetFetcher one = fetcher.For(PageFetcherTests.TargetOf(job, target.Address));
        for (int i = 0; i < 3; i++)
        {
            using FetchOutcome outcome = await one.FetchAsync(CancellationToken.None);
            Assert.True(outcome.IsPage, outcome.Error);
            clock.Advance(TimeSpan.FromSeconds(26));
        }

        Assert.Equal(["Bearer t1", "Bearer t1", "Bearer t2"], target.Requests.Select(request => request.Header("Authorization")));
        Assert.Equal("grant_type=client_credentials&scope=x+y&k=v", issuer.Requests[0].Body);
        Assert.Equal("Basic " + Convert.ToBase64String("id:s%2F"u8), issuer.Requests[0].Header("Authorization"));
    }

    [Fact]
    public async Task Without_a_token_the_scrape_fails_with_the_issuers_status()
    {
        using var issuer = ByteTarget.Of(ByteTarget.Status("403 Forbidden", []));
        using var target = ByteTarget.Of(Page);
        using FetchOutcome outcome = await PageFetcherTests.FetchAsync(
            $"{{job_name: a, oauth2: {{client_id: id, client_secret: s, token_url: 'http://{issuer.Address}/token'}}}}", target);
        Assert.Equal("oauth2: cannot fetch token: 403 Forbidden", outcome.Error);
        Assert.Empty(target.Requests);
    }

    [Fact]
    public async Task A_proxy_gets_the_request_unless_the_host_is_excepted()
    {
        using var proxy = ByteTarget.Of(Page);
        using PageFetcher fetcher = PageFetcherTests.Fetcher(
            $"{{job_name: a, proxy_url: 'http://{proxy.Address}', no_proxy: '10.0.0.0/8,.internal.test'}}", out ScrapeConfig job);
        using FetchOutcome outcome = await fetcher.For(PageFetcherTests.TargetOf(job, "somewhere.test:9100")).FetchAsync(CancellationToken.None);
        Assert.True(outcome.IsPage, outcome.Error);
        Assert.Equal("GET http://somewhere.test:9100/metrics HTTP/1.1", proxy.Requests[0].Line);
    }

    [Theory]
    [InlineData("10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("11.1.2.3", "10.0.0.0/8", false)]
    [InlineData("host", "host", true)]
    [InlineData("a.host", "host", true)]
    [InlineData("host", ".host", false)]
    [InlineData("a.host", "*.host", true)]
    [InlineData("host:81", "host:80", false)]
    [InlineData("host:80", "host:80", true)]
    [InlineData("anything", "*", true)]
    [InlineData("localhost", "other", true)]
    [InlineData("[fd00::1]", "fd00::/8", true)]
    public void No_proxy_lists_networks_names_and_domains(string host, string list, bool direct) =>
        Assert.Equal(direct, new NoProxyList(list).Contains(new Uri($"http://{host}/")));

    [Fact]
    public async Task A_server_is_trusted_by_the_given_authority_and_name_only()
    {
        using var directory = new TempDirectory();
        (X509Certificate2 authority, X509Certificate2 server) = Certificates("scrape.test");
        await File.WriteAllTextAsync(directory["ca.pem"], authority.ExportCertificatePem());
        using var target = new ByteTarget((_, wire, cancel) => SendAsync(wire, Page, cancel), (wire, cancel) => TlsAsync(wire, server, null, cancel));
        string Job(string tls) => $"{{job_name: a, scheme: https, tls_config: {{{tls}}}}}";

        using FetchOutcome named = await PageFetcherTests.FetchAsync(Job($"ca_file: {directory["ca.pem"]}, server_name: scrape.test"), target);
        Assert.True(named.IsPage, named.Error);
        Assert.Equal(target.Address, target.Requests[0].Header("Host"));

        using FetchOutcome unnamed = await PageFetcherTests.FetchAsync(Job($"ca_file: {directory["ca.pem"]}"), target);
        Assert.Equal(FetchKind.TlsFailed, unnamed.Kind);
        Assert.StartsWith($"Get \"https://{target.Address}/metrics\": tls: ", unnamed.Error, StringComparison.Ordinal);

        using FetchOutcome untrusted = await PageFetcherTests.FetchAsync(Job("server_name: scrape.test"), target);
        Assert.Equal(FetchKind.TlsFailed, untrusted.Kind);

        using FetchOutcome unchecked_ = await PageFetcherTests.FetchAsync(Job("insecure_skip_verify: true"), target);
        Assert.True(unchecked_.IsPage, unchecked_.Error);
    }

    [Fact]
    public async Task A_client_certificate_is_shown()
    {
        using var directory = new TempDirectory();
        (_, X509Certificate2 server) = Certificates("scrape.test");
        (_, X509Certificate2 client) = Certificates("client.test");
        await File.WriteAllTextAsync(directory["cert.pem"], client.ExportCertificatePem());
        await File.WriteAllTextAsync(directory["key.pem"], client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        string shown = string.Empty;
        using var target = new ByteTarget(
            (_, wire, cancel) => SendAsync(wire, Page, cancel),
            (wire, cancel) => TlsAsync(wire, server, certificate => shown = certificate.Subject, cancel));
        using FetchOutcome outcome = await PageFetcherTests.FetchAsync(
            $"{{job_name: a, scheme: https, tls_config: {{insecure_skip_verify: true, cert_file: {directory["cert.pem"]}, key_file: {directory["key.pem"]}}}}}", target);
        Assert.True(outcome.IsPage, outcome.Error);
        Assert.Equal("CN=client.test", shown);
    }

    private static async Task<bool> SendAsync(Stream wire, byte[] answer, CancellationToken cancel)
    {
        await wire.WriteAsync(answer, cancel);
        return true;
    }

    private static Task<bool> RedirectAsync(Stream wire, string location, CancellationToken cancel) =>
        SendAsync(wire, ByteTarget.Status("302 Found", [], $"Location: {location}"), cancel);

    private static async Task<Stream> TlsAsync(Stream wire, X509Certificate2 certificate, Action<X509Certificate>? shown, CancellationToken cancel)
    {
        var tls = new SslStream(wire);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = shown is not null,
                RemoteCertificateValidationCallback = (_, client, _, _) =>
                {
                    if (client is not null)
                    {
                        shown?.Invoke(client);
                    }

                    return true;
                },
            },
            cancel);
        return tls;
    }

    private static (X509Certificate2 Authority, X509Certificate2 Leaf) Certificates(string name)
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1);
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 authority = authorityRequest.CreateSelfSigned(from, from.AddDays(30));

        using ECDsa leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leafRequest = new CertificateRequest($"CN={name}", leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        leafRequest.CertificateExtensions.Add(names.Build());
        using X509Certificate2 leaf = leafRequest.Create(authority, from, from.AddDays(20), [1, 2, 3, 4]);
        using X509Certificate2 withKey = leaf.CopyWithPrivateKey(leafKey);
        return (authority, X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable));
    }
}
