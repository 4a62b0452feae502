using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pleiad.TestKit;

namespace Pleiad.Kernel.Tests;

/// <summary>An authority of a test, in a directory of its own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly X509Certificate2 _authority;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        _authority = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        File.WriteAllText(_directory["ca.crt"], _authority.ExportCertificatePem());
    }

    /// <summary>The certificates of a node, or of somebody else.</summary>
    public NodeCertificates Issue(string node, string madeOutTo = NodeCertificates.ServerName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={node}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(madeOutTo);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(_authority, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(1), RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(_directory[$"{node}.crt"], certificate.ExportCertificatePem());
        File.WriteAllText(_directory[$"{node}.key"], key.ExportPkcs8PrivateKeyPem());
        return NodeCertificates.Read(_directory["ca.crt"], _directory[$"{node}.crt"], _directory[$"{node}.key"]);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }
}
