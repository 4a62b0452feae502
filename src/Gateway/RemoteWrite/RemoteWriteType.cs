namespace Pleiad.Gateway;

/// <summary>Which message of remote write a request says it carries.</summary>
/// <remarks>Remote-Write 2.0 specification, "Content-Type": without a <c>proto</c> parameter, or without any type, it is 1.0.</remarks>
internal static class RemoteWriteType
{
    private const string First = "prometheus.WriteRequest";
    private const string Second = "io.prometheus.write.v2.Request";

    /// <summary>Checks the headers.</summary>
    /// <returns>Null, or why the body is not read, in Prometheus's words.</returns>
    public static string? Refuse(string? contentType, string encoding, out bool second)
    {
        second = false;
        if (encoding.Length > 0 && !encoding.Equals("snappy", StringComparison.OrdinalIgnoreCase))
        {
            return $"{encoding} encoding (compression) is not accepted by this server; only snappy is acceptable";
        }

        if (string.IsNullOrEmpty(contentType))
        {
            return null;
        }

        string[] parts = contentType.Split(';', StringSplitOptions.TrimEntries);
        if (!parts[0].Equals("application/x-protobuf", StringComparison.OrdinalIgnoreCase))
        {
            return $"expected application/x-protobuf as the first (media) part, got {contentType} content-type";
        }

        foreach (string part in parts.Skip(1).Where(p => p.StartsWith("proto=", StringComparison.OrdinalIgnoreCase)))
        {
            string proto = part["proto=".Length..];
            second = proto == Second;
            if (!second && proto != First)
            {
                return $"got {contentType} content type; unknown type for remote write protobuf message {proto}, supported: {First}, {Second}";
            }
        }

        return null;
    }
}
