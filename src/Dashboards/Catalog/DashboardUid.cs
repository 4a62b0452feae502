using System.Security.Cryptography;
using System.Text;

namespace Pleiad.Dashboards;

/// <summary>Names of dashboards and folders: 1 to 40 of letters, digits, hyphen and underscore, as in Grafana.</summary>
public static class DashboardUid
{
    /// <summary>Whether a text is one.</summary>
    public static bool IsValid(string uid)
    {
        ArgumentNullException.ThrowIfNull(uid);
        return uid.Length is > 0 and <= DashboardLimits.UidCharsMax && uid.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }

    /// <summary>The same uid for the same text, on every node and after every start.</summary>
    public static string Derived(string prefix, string text) =>
        prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));

    /// <summary>A number for clients that still ask for one: the same for the same uid, above zero.</summary>
    public static long Number(string uid)
    {
        ReadOnlySpan<byte> hash = SHA256.HashData(Encoding.UTF8.GetBytes(uid));
        return (System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(hash) & 0x1F_FFFF_FFFF_FFFF) | 1;
    }
}
