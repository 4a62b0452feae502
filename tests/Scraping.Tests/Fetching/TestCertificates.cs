using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pleiad.Scraping.Tests;

/// <summary>Certificates made for one test, by an authority made for it as well.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestCertificates()
    {
        var request = new CertificateRequest("CN=test authority", _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = request.CreateSelfSigned(Start, Start.AddYears(30));
    }

    public static DateTimeOffset Start { get; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public X509Certificate2 Authority { get; }

    /// <summary>A certificate of the authority.</summary>
    /// <param name="names">DNS names and addresses of the SAN extension; none: there is no such extension.</param>
    /// <param name="from">The beginning of its validity.</param>
    /// <param name="to">The end of its validity.</param>
    /// <param name="commonName">Of the subject.</param>
    /// <param name="usage">The extended key usage, as an OID, or null.</param>
    public X509Certificate2 Leaf(string[] names, DateTimeOffset? from = null, DateTimeOffset? to = null, string commonName = "leaf", string? usage = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        if (names.Length > 0)
        {
            var san = new SubjectAlternativeNameBuilder();
            foreach (string name in names)
            {
                if (IPAddress.TryParse(name, out IPAddress? address))
                {
                    san.AddIpAddress(address);
                }
                else
                {
                    san.AddDnsName(name);
                }
            }

            request.CertificateExtensions.Add(san.Build());
        }

        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        }

        using X509Certificate2 signed = request.Create(Authority, from ?? Start, to ?? Start.AddYears(29), Guid.NewGuid().ToByteArray());
        using X509Certificate2 whole = signed.CopyWithPrivateKey(key);

        // The stream wants a key that is not only in memory.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose()
    {
        _authorityKey.Dispose();
        Authority.Dispose();
    }
}
