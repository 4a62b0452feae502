using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Pleiad.Scraping;

/// <summary>Why a server's certificate is not to be trusted, in the words of Go's crypto/x509, which users of Prometheus know and search for.</summary>
/// <remarks>In Go's order: the time of the certificate itself, the host, then the chain to an authority. Names stand in the SAN extension alone.</remarks>
internal static class ServerCertificate
{
    private const X509ChainStatusFlags UnknownAuthority =
        X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid | X509ChainStatusFlags.ExplicitDistrust;

    /// <summary>What is wrong, or null.</summary>
    /// <param name="leaf">The server's own certificate.</param>
    /// <param name="chain">From it to an authority, built.</param>
    /// <param name="host">A name or an address, as the client means it.</param>
    public static string? Problem(X509Certificate2 leaf, X509Chain chain, string host)
    {
        DateTime now = chain.ChainPolicy.VerificationTime.ToUniversalTime();
        X509ChainStatusFlags found = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);
        if (TimeProblem(leaf, now) is { } late)
        {
            return late;
        }

        if (!Matches(leaf, host))
        {
            return HostProblem(leaf, host);
        }

        if (found == X509ChainStatusFlags.NoError)
        {
            return null;
        }

        if ((found & UnknownAuthority) != 0)
        {
            return "x509: certificate signed by unknown authority";
        }

        if ((found & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return chain.ChainElements.Select(element => TimeProblem(element.Certificate, now)).FirstOrDefault(static problem => problem is not null)
                ?? "x509: certificate has expired or is not yet valid";
        }

        return (found & X509ChainStatusFlags.NotValidForUsage) != 0
            ? "x509: certificate specifies an incompatible key usage"
            : $"x509: the chain of certificates is not valid: {found}";
    }

    private static string? TimeProblem(X509Certificate2 certificate, DateTime now)
    {
        DateTime from = certificate.NotBefore.ToUniversalTime();
        DateTime to = certificate.NotAfter.ToUniversalTime();
        string? relation = now < from ? $"before {from:yyyy-MM-ddTHH:mm:ssZ}" : now > to ? $"after {to:yyyy-MM-ddTHH:mm:ssZ}" : null;
        return relation is null ? null : $"x509: certificate has expired or is not yet valid: current time {now:yyyy-MM-ddTHH:mm:ssZ} is {relation}";
    }

    private static bool Matches(X509Certificate2 leaf, string host, bool byCommonName = false)
    {
        try
        {
            return leaf.MatchesHostname(host, allowWildcards: true, allowCommonName: byCommonName);
        }
        catch (ArgumentException)
        {
            // No host that a certificate could name.
            return false;
        }
    }

    private static string HostProblem(X509Certificate2 leaf, string host)
    {
        X509SubjectAlternativeNameExtension? names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (names is null && Matches(leaf, host, byCommonName: true))
        {
            return "x509: certificate relies on legacy Common Name field, use SANs instead";
        }

        bool isAddress = IPAddress.TryParse(host, out _);
        string valid = string.Join(", ", isAddress ? names?.EnumerateIPAddresses().Select(static ip => ip.ToString()) ?? [] : names?.EnumerateDnsNames() ?? []);
        return valid.Length > 0 ? $"x509: certificate is valid for {FetchErrors.Printable(valid)}, not {host}"
            : isAddress ? $"x509: cannot validate certificate for {host} because it doesn't contain any IP SANs"
            : $"x509: certificate is not valid for any names, but wanted to match {host}";
    }
}

/// <summary>A server's certificate that is not to be trusted; the message says why.</summary>
internal sealed class ServerCertificateException(string problem) : AuthenticationException(problem);
