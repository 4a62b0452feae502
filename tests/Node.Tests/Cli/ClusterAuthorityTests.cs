using System.Security.Cryptography.X509Certificates;
using Pleiad.Kernel;
using Pleiad.TestKit;

namespace Pleiad.Node.Tests;

public sealed class ClusterAuthorityTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void An_authority_makes_certificates_that_nodes_can_use_and_keys_that_nobody_else_can_read()
    {
        using var directory = new TempDirectory();
        string place = directory["ca"];
        ClusterAuthority.Create(place, Now);
        ClusterAuthority.Issue(place, "node-1", Now);
        using (NodeCertificates.Read(Path.Combine(place, "ca.crt"), Path.Combine(place, "node-1.crt"), Path.Combine(place, "node-1.key")))
        {
            Assert.All(new[] { "ca.key", "node-1.key" }, name => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(place, name))));
        }

        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(place, "ca.crt"));
        using X509Certificate2 node = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(place, "node-1.crt"));
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        Assert.True(chain.Build(node));
        Assert.True(node.MatchesHostname(NodeCertificates.ServerName));
        Assert.True(node.MatchesHostname("node-1"));
        Assert.InRange(node.NotAfter, Now.AddDays(800).LocalDateTime, authority.NotAfter);
    }

    [Fact]
    public void Nothing_is_replaced_and_names_that_are_none_are_refused()
    {
        using var directory = new TempDirectory();
        string place = directory["ca"];
        ClusterAuthority.Create(place, Now);
        Assert.Throws<IOException>(() => ClusterAuthority.Create(place, Now));
        ClusterAuthority.Issue(place, "node-1", Now);
        Assert.Throws<IOException>(() => ClusterAuthority.Issue(place, "node-1", Now));
        Assert.All(new[] { "", "../node", "a b", new string('n', 65) }, name => Assert.Throws<IOException>(() => ClusterAuthority.Issue(place, name, Now)));
    }

    [Fact]
    public void Files_that_are_none_are_an_error_with_their_names()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["ca.crt"], "nothing");
        Assert.Contains("ca.crt", Assert.Throws<IOException>(() => NodeCertificates.Read(directory["ca.crt"], directory["a.crt"], directory["a.key"])).Message, StringComparison.Ordinal);
    }
}
