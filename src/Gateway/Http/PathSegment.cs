using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>
/// The part of a path that a client chose, read from the bytes it sent. The server decodes a path but leaves escapes that are no UTF-8
/// (<c>%ff</c>) as they came, so that they look like text; here they are told apart.
/// </summary>
internal static class PathSegment
{
    /// <summary>Reads the last segment but one of a request's path.</summary>
    /// <param name="http">The request.</param>
    /// <param name="decoded">What the server made of the segment; it holds unless there is a percent sign in it.</param>
    /// <param name="shown">In quotes, escaped as Go's <c>%q</c> would; for messages.</param>
    /// <returns>The text, or null where it is no UTF-8 or a broken escape.</returns>
    public static string? ReadLastButOne(HttpContext http, string decoded, out string shown)
    {
        if (!decoded.Contains('%'))
        {
            shown = QuotedText.Of(decoded);
            return decoded;
        }

        string raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        int query = raw.IndexOf('?');
        string[] segments = (query < 0 ? raw : raw[..query]).Split('/');
        return Decode(segments.Length < 2 ? decoded : segments[^2], out shown);
    }

    /// <summary>Resolves the escapes of a segment.</summary>
    public static string? Decode(string segment, out string shown)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(segment);
        int length = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte b = bytes[i];
            if (b == (byte)'%')
            {
                if (i + 2 >= bytes.Length || !char.IsAsciiHexDigit((char)bytes[i + 1]) || !char.IsAsciiHexDigit((char)bytes[i + 2]))
                {
                    shown = QuotedText.Of(segment);
                    return null;
                }

                b = Convert.ToByte(Encoding.ASCII.GetString(bytes, i + 1, 2), 16);
                i += 2;
            }

            bytes[length++] = b;
        }

        return Read(bytes.AsSpan(0, length), out shown);
    }

    private static string? Read(ReadOnlySpan<byte> bytes, out string shown)
    {
        var text = new StringBuilder(bytes.Length + 2).Append('"');
        bool isText = true;
        for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty;)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed);
            if (status == OperationStatus.Done)
            {
                text.Append(QuotedText.Of(rune.ToString()).AsSpan()[1..^1]);
            }
            else
            {
                isText = false;
                foreach (byte b in rest[..consumed])
                {
                    text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{b:x2}");
                }
            }

            rest = rest[consumed..];
        }

        shown = text.Append('"').ToString();
        return isText ? Encoding.UTF8.GetString(bytes) : null;
    }
}
