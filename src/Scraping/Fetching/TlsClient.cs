using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pleiad.Scraping;

/// <summary>TLS of a client by its configuration. Files are read at every handshake, so renewed certificates need no reload.</summary>
internal sealed class TlsClient(TlsConfig config)
{
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
        if (config.InsecureSkipVerify)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        else if (config.Ca.Length > 0 || config.CaFile.Length > 0)
        {
            options.RemoteCertificateValidationCallback = IsTrusted;
        }

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

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? offered, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) != 0)
        {
            return false;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(config.Ca.Length > 0 ? config.Ca : ReadFile(config.CaFile, "CA certificate"));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        foreach (X509ChainElement element in (IEnumerable<X509ChainElement>?)offered?.ChainElements ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var leaf = new X509Certificate2(certificate);
        return chain.Build(leaf);
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
