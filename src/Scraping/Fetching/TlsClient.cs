using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pleiad.Scraping;

/// <summary>TLS of a client by its configuration. Files are read at every handshake, so renewed certificates need no reload.</summary>
internal sealed class TlsClient(TlsConfig config)
{
    // RFC 5280, section 4.2.1.12: id-kp-serverAuth.
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>The options of a handshake.</summary>
    /// <exception cref="FetchFailure">The client certificate cannot be read.</exception>
    public SslClientAuthenticationOptions OptionsFor(string host)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = config.ServerName.Length > 0 ? config.ServerName : host,
            EnabledSslProtocols = Protocols(),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        options.RemoteCertificateValidationCallback = config.InsecureSkipVerify ? static (_, _, _, _) => true : CheckServer;

        if (config.Cert.Length > 0 || config.CertFile.Length > 0)
        {
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => ClientCertificate();
        }

        return options;
    }

    private SslProtocols Protocols()
    {
        string[] names = ["TLS10", "TLS11", "TLS12", "TLS13"];
        int min = config.MinVersion.Length > 0 ? Array.IndexOf(names, config.MinVersion) : 2;
        int max = config.MaxVersion.Length > 0 ? Array.IndexOf(names, config.MaxVersion) : 3;
        SslProtocols protocols = SslProtocols.None;
        for (int i = min; i <= max; i++)
        {
#pragma warning disable SYSLIB0039, CA5397 // Old versions only where the user asks for them by name.
            protocols |= i switch { 0 => SslProtocols.Tls, 1 => SslProtocols.Tls11, 2 => SslProtocols.Tls12, _ => SslProtocols.Tls13 };
#pragma warning restore SYSLIB0039, CA5397
        }

        return protocols;
    }

    // The host that counts is the stream's: the HTTP client puts the one of the URL there.
    private bool CheckServer(object sender, X509Certificate? certificate, X509Chain? offered, SslPolicyErrors errors)
    {
        if (certificate is null || offered is null)
        {
            throw new ServerCertificateException("the server sent no certificate");
        }

        using var leaf = new X509Certificate2(certificate);
        string host = config.ServerName.Length > 0 ? config.ServerName : ((SslStream)sender).TargetHostName;
        if (config.Ca.Length == 0 && config.CaFile.Length == 0)
        {
            return Refuse(ServerCertificate.Problem(leaf, offered, host));
        }

        using X509Chain chain = ChainToOwnAuthorities(offered);
        chain.Build(leaf);
        return Refuse(ServerCertificate.Problem(leaf, chain, host));
    }

    // The reason would be lost in a false.
    private static bool Refuse(string? problem) => problem is null ? true : throw new ServerCertificateException(problem);

    private X509Chain ChainToOwnAuthorities(X509Chain offered)
    {
        var authorities = new X509Certificate2Collection();
        string pem = config.Ca.Length > 0 ? config.Ca : ReadFile(config.CaFile, "CA certificate");
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new FetchFailure(FetchKind.TlsFailed, "unable to use specified CA cert: it is not PEM");
        }

        var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        foreach (X509ChainElement element in offered.ChainElements)
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain;
    }

    private X509Certificate2 ClientCertificate()
    {
        string cert = config.Cert.Length > 0 ? config.Cert : ReadFile(config.CertFile, "client certificate");
        string key = config.Key.IsEmpty ? ReadFile(config.KeyFile, "client key") : config.Key.Reveal();
        try
        {
            return X509Certificate2.CreateFromPem(cert, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FetchFailure(FetchKind.TlsFailed, "tls: the client certificate and key do not fit together or are not PEM");
        }
    }

    private static string ReadFile(string path, string what) => SecretFile.Read(path, what, FetchKind.TlsFailed);
}
