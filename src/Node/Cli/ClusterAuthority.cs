using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Pleiad.Kernel;

namespace Pleiad.Node;

/// <summary>The cluster's own certificate authority: a key and a certificate in two files, and certificates for nodes made with them.</summary>
internal static class ClusterAuthority
{
    private const string CertificateName = "ca.crt";
    private const string KeyName = "ca.key";
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);
    private static readonly TimeSpan NodeValidity = TimeSpan.FromDays(825);

    // Clocks of machines differ a little.
    private static readonly TimeSpan Earlier = TimeSpan.FromHours(1);

    /// <summary>Makes an authority.</summary>
    /// <param name="directory">Gets its files; what is there is not replaced.</param>
    /// <param name="now">Its validity begins then.</param>
    /// <exception cref="IOException">There is one already, or it cannot be written.</exception>
    public static void Create(string directory, DateTimeOffset now)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Pleiad cluster authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(now - Earlier, now + Validity);
        Write(Path.Combine(directory, KeyName), key.ExportPkcs8PrivateKeyPem(), isSecret: true);
        Write(Path.Combine(directory, CertificateName), certificate.ExportCertificatePem(), isSecret: false);
    }

    /// <summary>Makes the certificate of a node, in files named after it.</summary>
    /// <param name="directory">Has the authority, and gets the files.</param>
    /// <param name="node">Its name.</param>
    /// <param name="now">Its validity begins then.</param>
    /// <exception cref="IOException">There is no authority, the node has a certificate already, or it cannot be written.</exception>
    public static void Issue(string directory, string node, DateTimeOffset now)
    {
        if (node.Length is 0 or > 64 || !node.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
        {
            throw new IOException($"\"{node}\": the name of a node has 1 to 64 letters, digits, dots, underscores and hyphens here");
        }

        using X509Certificate2 authority = X509Certificate2.CreateFromPemFile(Path.Combine(directory, CertificateName), Path.Combine(directory, KeyName));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={node}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(NodeCertificates.ServerName);
        if (IPAddress.TryParse(node, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else if (Uri.CheckHostName(node) == UriHostNameType.Dns)
        {
            names.AddDnsName(node);
        }

        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset end = now + NodeValidity;
        using X509Certificate2 certificate = request.Create(authority, now - Earlier, end < authority.NotAfter ? end : authority.NotAfter, RandomNumberGenerator.GetBytes(16));
        Write(Path.Combine(directory, node + ".key"), key.ExportPkcs8PrivateKeyPem(), isSecret: true);
        Write(Path.Combine(directory, node + ".crt"), certificate.ExportCertificatePem(), isSecret: false);
    }

    private static void Write(string path, string text, bool isSecret)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (isSecret ? 0 : UnixFileMode.GroupRead | UnixFileMode.OtherRead),
        };
        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(text + '\n'));
    }
}
