using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pleiad.Kernel;

/// <summary>
/// What a node shows to others, and whom it believes: whoever has a certificate of the cluster's own authority that is made out to a node, and nobody
/// else. It tells members from strangers and from others the authority may know; which member somebody is, the greeting says.
/// </summary>
public sealed class NodeCertificates : IDisposable
{
    /// <summary>The name that the certificate of every node is made out to, beside its own.</summary>
    public const string ServerName = "node.pleiad.internal";

    private readonly X509Certificate2 _own;
    private readonly X509Certificate2 _authority;

    private NodeCertificates(X509Certificate2 own, X509Certificate2 authority)
    {
        _own = own;
        _authority = authority;
    }

    /// <summary>Reads them from files in PEM.</summary>
    /// <param name="authorityFile">The certificate of the cluster's authority.</param>
    /// <param name="certificateFile">That of this node.</param>
    /// <param name="keyFile">The key that belongs to it.</param>
    /// <exception cref="IOException">A file cannot be read, or is not what it should be.</exception>
    public static NodeCertificates Read(string authorityFile, string certificateFile, string keyFile)
    {
        X509Certificate2? authority = null;
        try
        {
            authority = X509CertificateLoader.LoadCertificateFromFile(authorityFile);
            return new NodeCertificates(X509Certificate2.CreateFromPemFile(certificateFile, keyFile), authority);
        }
        catch (Exception e) when (e is CryptographicException or UnauthorizedAccessException)
        {
            authority?.Dispose();
            throw new IOException($"the certificates of this node ({authorityFile}, {certificateFile}, {keyFile}): {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _own.Dispose();
        _authority.Dispose();
    }

    /// <summary>Secures a connection that another node has made.</summary>
    /// <exception cref="AuthenticationException">It is none of the cluster's.</exception>
    internal async Task<Stream> AsServerAsync(Stream plain, CancellationToken cancel)
    {
        var secured = new SslStream(plain, leaveInnerStreamOpen: false);
        await secured.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = _own,
                ClientCertificateRequired = true,
                CertificateChainPolicy = Policy(),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            },
            cancel).ConfigureAwait(false);
        if (secured.RemoteCertificate is not X509Certificate2 shown || !shown.MatchesHostname(ServerName, allowWildcards: false, allowCommonName: false))
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw new AuthenticationException("whoever connected has a certificate of the cluster's authority that is not made out to a node");
        }

        return secured;
    }

    /// <summary>Secures a connection to another node.</summary>
    /// <exception cref="AuthenticationException">It is none of the cluster's, or says so of this one.</exception>
    internal async Task<Stream> AsClientAsync(Stream plain, CancellationToken cancel)
    {
        var secured = new SslStream(plain, leaveInnerStreamOpen: false);
        await secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = ServerName,
                ClientCertificates = [_own],
                CertificateChainPolicy = Policy(),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            },
            cancel).ConfigureAwait(false);
        return secured;
    }

    private X509ChainPolicy Policy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { _authority },

        // A certificate that shall not be good any more: a new authority, or wait for its end. There is nobody to ask.
        RevocationMode = X509RevocationMode.NoCheck,
    };
}
