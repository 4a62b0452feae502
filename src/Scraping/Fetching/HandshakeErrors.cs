namespace Pleiad.Scraping;

/// <summary>Why no TLS connection came about, other than for the server's certificate: in the words of Go's crypto/tls where it has some.</summary>
internal static class HandshakeErrors
{
    // As OpenSSL names alerts, and as Go does (RFC 8446, section 6).
    private static readonly (string Here, string There)[] Alerts =
    [
        ("handshake failure", "handshake failure"),
        ("certificate required", "certificate required"),
        ("bad certificate", "bad certificate"),
        ("unknown ca", "unknown certificate authority"),
        ("certificate unknown", "unknown certificate"),
        ("certificate expired", "expired certificate"),
        ("certificate revoked", "revoked certificate"),
        ("unsupported certificate", "unsupported certificate"),
        ("protocol version", "protocol version not supported"),
        ("unrecognized name", "unrecognized name"),
        ("access denied", "access denied"),
        ("internal error", "internal error"),
        ("decrypt error", "error decrypting message"),
        ("no application protocol", "no application protocol"),
    ];

    /// <summary>The reason behind an exception of the HTTP client or of an SSL stream.</summary>
    public static string TextOf(Exception e)
    {
        Exception last = e;
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            last = inner;
            string message = inner.Message;
            int alert = message.IndexOf(" alert ", StringComparison.Ordinal);
            if (alert >= 0)
            {
                string rest = message[(alert + " alert ".Length)..];
                string name = Alerts.FirstOrDefault(known => rest.StartsWith(known.Here, StringComparison.OrdinalIgnoreCase)).There ?? rest;
                return $"remote error: tls: {FetchErrors.Printable(name)}";
            }

            if (inner is EndOfStreamException || message.Contains("unexpected EOF", StringComparison.Ordinal))
            {
                return "EOF";
            }

            if (message.Contains("frame size", StringComparison.Ordinal) || message.Contains("packet format", StringComparison.Ordinal)
                || message.Contains("wrong version number", StringComparison.Ordinal))
            {
                return "tls: first record does not look like a TLS handshake";
            }

            if (message.Contains("unsupported protocol", StringComparison.Ordinal))
            {
                return "tls: server selected unsupported protocol version";
            }
        }

        return $"tls: {FetchErrors.Printable(last.Message)}";
    }
}
