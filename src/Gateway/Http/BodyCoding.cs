using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Pleiad.Gateway;

/// <summary>How the body of an answer is compressed.</summary>
internal enum BodyCoding
{
    /// <summary>Not at all.</summary>
    Identity,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 1950, which HTTP calls deflate.</summary>
    Deflate,
}

/// <summary>Chooses and applies codings.</summary>
internal static class BodyCodings
{
    /// <summary>The first coding of <c>Accept-Encoding</c> that we know and that is not refused by <c>q=0</c>.</summary>
    public static BodyCoding Choose(string acceptEncoding)
    {
        foreach (Range range in acceptEncoding.AsSpan().Split(','))
        {
            ReadOnlySpan<char> item = acceptEncoding.AsSpan(range).Trim();
            int semicolon = item.IndexOf(';');
            ReadOnlySpan<char> name = semicolon < 0 ? item : item[..semicolon].Trim();
            if (semicolon >= 0 && IsRefused(item[(semicolon + 1)..].Trim()))
            {
                continue;
            }

            if (name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name is "*")
            {
                return BodyCoding.Gzip;
            }

            if (name.Equals("deflate", StringComparison.OrdinalIgnoreCase))
            {
                return BodyCoding.Deflate;
            }
        }

        return BodyCoding.Identity;
    }

    /// <summary>Whether <c>Accept-Encoding</c> names a coding and does not refuse it by <c>q=0</c>.</summary>
    public static bool Accepts(string acceptEncoding, string coding)
    {
        foreach (Range range in acceptEncoding.AsSpan().Split(','))
        {
            ReadOnlySpan<char> item = acceptEncoding.AsSpan(range).Trim();
            int semicolon = item.IndexOf(';');
            ReadOnlySpan<char> name = semicolon < 0 ? item : item[..semicolon].Trim();
            if (name.Equals(coding, StringComparison.OrdinalIgnoreCase))
            {
                return semicolon < 0 || !IsRefused(item[(semicolon + 1)..].Trim());
            }
        }

        return false;
    }

    /// <summary>The value of <c>Content-Encoding</c>.</summary>
    public static string NameOf(this BodyCoding coding) => coding == BodyCoding.Gzip ? "gzip" : "deflate";

    /// <summary>A stream that compresses into another and leaves it open.</summary>
    public static Stream Compress(this BodyCoding coding, Stream to) => coding == BodyCoding.Gzip
        ? new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true)
        : new ZLibStream(to, CompressionLevel.Fastest, leaveOpen: true);

    private static bool IsRefused(ReadOnlySpan<char> weight) =>
        weight.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) && weight[3..].IndexOfAnyExcept(".0") < 0;
}
