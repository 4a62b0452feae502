using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

/// <summary>Why a target cannot be reached stands on the status page in the words that users of Prometheus know.</summary>
public sealed class TlsErrorTests
{
    private static readonly byte[] Page = ByteTarget.Ok("a 1\n", "Content-Type: text/plain");

    [Theory]
    [InlineData("", "127.0.0.1", null)]
    [InlineData("a.test", "*.test,127.0.0.1", null)]
    [InlineData("a.test", "a.test,127.0.0.1", null)]
    [InlineData("", "a.test", "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs")]
    [InlineData("", "a.test,10.0.0.1,10.0.0.2", "x509: certificate is valid for 10.0.0.1, 10.0.0.2, not 127.0.0.1")]
    [InlineData("b.test", "a.test,c.test,127.0.0.1", "x509: certificate is valid for a.test, c.test, not b.test")]
    [InlineData("b.test", "127.0.0.1", "x509: certificate is not valid for any names, but wanted to match b.test")]
    [InlineData("leaf.test", "", "x509: certificate relies on legacy Common Name field, use SANs instead")]
    [InlineData("no host", "a.test", "x509: certificate is valid for a.test, not no host")]
    public async Task Wrong_host_names(string serverName, string names, string? problem)
    {
        using var certificates = new TestCertificates();
        using X509Certificate2 leaf = certificates.Leaf(names.Split(',', StringSplitOptions.RemoveEmptyEntries), commonName: "leaf.test");
        await AssertErrorAsync(certificates, leaf, serverName, problem);
    }

    [Fact]
    public async Task Certificates_that_are_too_old_or_too_new()
    {
        using var certificates = new TestCertificates();
        using X509Certificate2 old = certificates.Leaf(["b.test"], to: new DateTimeOffset(2021, 2, 3, 4, 5, 6, TimeSpan.Zero));
        string error = await AssertErrorAsync(certificates, old, "a.test", "x509: certificate has expired or is not yet valid: current time ");
        Assert.EndsWith("Z is after 2021-02-03T04:05:06Z", error, StringComparison.Ordinal);

        using X509Certificate2 young = certificates.Leaf(["a.test"], from: new DateTimeOffset(2047, 2, 3, 4, 5, 6, TimeSpan.Zero), to: new DateTimeOffset(2048, 1, 1, 0, 0, 0, TimeSpan.Zero));
        error = await AssertErrorAsync(certificates, young, "a.test", "x509: certificate has expired or is not yet valid: current time ");
        Assert.EndsWith("Z is before 2047-02-03T04:05:06Z", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Authorities_that_are_not_known(bool otherAuthority)
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        using X509Certificate2 leaf = certificates.Leaf(["a.test"]);
        await AssertErrorAsync(otherAuthority ? others : null, leaf, "a.test", "x509: certificate signed by unknown authority");
    }

    [Fact]
    public async Task Certificates_for_another_use()
    {
        using var certificates = new TestCertificates();
        using X509Certificate2 leaf = certificates.Leaf(["a.test"], usage: "1.3.6.1.5.5.7.3.2");
        await AssertErrorAsync(certificates, leaf, "a.test", "x509: certificate specifies an incompatible key usage");
        using X509Certificate2 server = certificates.Leaf(["a.test"], usage: "1.3.6.1.5.5.7.3.1");
        await AssertErrorAsync(certificates, server, "a.test", null);
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_none()
    {
        using var certificates = new TestCertificates();
        using X509Certificate2 leaf = certificates.Leaf(["127.0.0.1"]);
        using var directory = new TempDirectory();
        using ByteTarget target = Serve(leaf, new SslServerAuthenticationOptions());
        using FetchOutcome missing = await FetchAsync($"ca_file: {directory["none.pem"]}", target);
        Assert.Equal($"unable to read CA certificate file {directory["none.pem"]}: open {directory["none.pem"]}: no such file or directory", missing.Error);

        await File.WriteAllTextAsync(directory["bad.pem"], "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n");
        using FetchOutcome bad = await FetchAsync($"ca_file: {directory["bad.pem"]}", target);
        Assert.Equal("unable to use specified CA cert: it is not PEM", bad.Error);

        await File.WriteAllTextAsync(directory["empty.pem"], string.Empty);
        using FetchOutcome empty = await FetchAsync($"ca_file: {directory["empty.pem"]}", target);
        Assert.EndsWith("x509: certificate signed by unknown authority", empty.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_speaks_no_TLS()
    {
        using var target = new ByteTarget(
            static (_, _, _) => Task.FromResult(false),
            static async (wire, cancel) =>
            {
                // What a plain server says to the bytes of a handshake.
                await wire.ReadExactlyAsync(new byte[5], cancel);
                await wire.WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray(), cancel);
                return wire;
            });
        await AssertErrorAsync(target, "insecure_skip_verify: true", "tls: first record does not look like a TLS handshake");
    }

    [Fact]
    public async Task A_server_that_hangs_up_during_the_handshake()
    {
        using var target = new ByteTarget(
            static (_, _, _) => Task.FromResult(false),
            static async (wire, cancel) =>
            {
                // Read whole, lest the rest of it turn the end into a reset.
                byte[] head = new byte[5];
                await wire.ReadExactlyAsync(head, cancel);
                await wire.ReadExactlyAsync(new byte[(head[3] << 8) | head[4]], cancel);
                throw new IOException("hung up");
            });
        await AssertErrorAsync(target, "insecure_skip_verify: true", "EOF");
    }

    [Fact]
    public async Task A_server_that_speaks_an_older_version_only()
    {
        using var certificates = new TestCertificates();
        using X509Certificate2 leaf = certificates.Leaf(["127.0.0.1"]);
        using ByteTarget target = Serve(leaf, new SslServerAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 });
        await AssertErrorAsync(target, "insecure_skip_verify: true, min_version: TLS13", "remote error: tls: protocol version not supported");
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, "dial tcp h:1: connect: connection refused")]
    [InlineData(SocketError.HostNotFound, "dial tcp: lookup h: no such host")]
    [InlineData(SocketError.TimedOut, "dial tcp h:1: connect: connection timed out")]
    [InlineData(SocketError.NetworkUnreachable, "dial tcp h:1: connect: network is unreachable")]
    [InlineData(SocketError.HostUnreachable, "dial tcp h:1: connect: no route to host")]
    [InlineData(SocketError.AccessDenied, "dial tcp h:1: connect: permission denied")]
    [InlineData(SocketError.TooManyOpenSockets, "dial tcp h:1: socket: too many open files")]
    public void Failures_of_sockets(SocketError error, string text)
    {
        var failure = new HttpRequestException("x", new SocketException((int)error));
        Assert.Equal($"Get \"http://h:1/metrics\": {text}", FetchErrors.Of(failure, "http://h:1/metrics").Message);
    }

    private static ByteTarget Serve(X509Certificate2 certificate, SslServerAuthenticationOptions options)
    {
        options.ServerCertificate = certificate;
        return new ByteTarget(
            static async (_, wire, cancel) =>
            {
                await wire.WriteAsync(Page, cancel);
                return true;
            },
            async (wire, cancel) =>
            {
                var tls = new SslStream(wire);
                await tls.AuthenticateAsServerAsync(options, cancel);
                return tls;
            });
    }

    private static Task<FetchOutcome> FetchAsync(string tls, ByteTarget target) =>
        PageFetcherTests.FetchAsync($"{{job_name: a, scheme: https, tls_config: {{{tls}}}}}", target);

    private static async Task<string> AssertErrorAsync(ByteTarget target, string tls, string? problem)
    {
        using FetchOutcome outcome = await FetchAsync(tls, target);
        if (problem is null)
        {
            Assert.True(outcome.IsPage, outcome.Error);
            return string.Empty;
        }

        Assert.StartsWith($"Get \"https://{target.Address}/metrics\": {problem}", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(FetchKind.TlsFailed, outcome.Kind);
        return outcome.Error;
    }

    private static async Task<string> AssertErrorAsync(TestCertificates? trusted, X509Certificate2 leaf, string serverName, string? problem)
    {
        using var directory = new TempDirectory();
        string tls = serverName.Length > 0 ? $"server_name: {serverName}" : "min_version: TLS12";
        if (trusted is not null)
        {
            await File.WriteAllTextAsync(directory["ca.pem"], trusted.Authority.ExportCertificatePem());
            tls += $", ca_file: {directory["ca.pem"]}";
        }

        using ByteTarget target = Serve(leaf, new SslServerAuthenticationOptions());
        return await AssertErrorAsync(target, tls, problem is null ? null : $"tls: failed to verify certificate: {problem}");
    }
}
