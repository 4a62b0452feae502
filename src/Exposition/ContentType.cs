namespace Pleiad.Exposition;

/// <summary>Which grammar a page has by its Content-Type.</summary>
/// <param name="Format">Null when the page must be refused; the remark then says why.</param>
/// <param name="Remark">Empty, or why the fallback protocol was used or nothing fits; Prometheus's wording.</param>
public readonly record struct FormatChoice(PageFormat? Format, string Remark);

/// <summary>Reads Content-Type headers of pages.</summary>
/// <remarks>Media type grammar: RFC 9110 section 8.3.1 and RFC 2045 section 5.1; a parameter given twice makes the header invalid.</remarks>
public static class ContentType
{
    /// <summary>Media type of the text format.</summary>
    public const string Text = "text/plain";

    /// <summary>Media type of OpenMetrics.</summary>
    public const string OpenMetrics = "application/openmetrics-text";

    /// <summary>Media type of the protobuf format.</summary>
    public const string Protobuf = "application/vnd.google.protobuf";

    /// <summary>Chooses the grammar.</summary>
    /// <param name="contentType">The header; empty when there was none.</param>
    /// <param name="fallback">Used where the header is missing, broken or unknown.</param>
    public static FormatChoice Choose(string? contentType, ScrapeProtocol fallback)
    {
        string fallbackType = fallback.MediaTypeOf();
        if (string.IsNullOrEmpty(contentType))
        {
            return fallback == ScrapeProtocol.None
                ? new FormatChoice(null, "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target")
                : new FormatChoice(
                    fallback.FormatOf(),
                    $"non-compliant scrape target sending blank Content-Type, using fallback_scrape_protocol \"{fallbackType}\"");
        }

        string? broken = ReadMediaType(contentType, out string mediaType);
        if (broken is not null)
        {
            return fallback == ScrapeProtocol.None
                ? new FormatChoice(null, $"cannot parse Content-Type \"{contentType}\" and no fallback_scrape_protocol for target\n{broken}")
                : new FormatChoice(
                    fallback.FormatOf(),
                    $"could not parse received Content-Type \"{contentType}\", using fallback_scrape_protocol \"{fallbackType}\"\n{broken}");
        }

        switch (mediaType)
        {
            case OpenMetrics:
                return new FormatChoice(PageFormat.OpenMetrics, string.Empty);
            case Protobuf:
                return new FormatChoice(PageFormat.Protobuf, string.Empty);
            case Text:
                return new FormatChoice(PageFormat.Text, string.Empty);
            default:
                return fallback == ScrapeProtocol.None
                    ? new FormatChoice(
                        null, $"received unsupported Content-Type \"{contentType}\" and no fallback_scrape_protocol specified for target")
                    : new FormatChoice(
                        fallback.FormatOf(),
                        $"received unsupported Content-Type \"{contentType}\", using fallback_scrape_protocol \"{fallbackType}\"");
        }
    }

    private static string? ReadMediaType(string header, out string mediaType)
    {
        int semicolon = header.IndexOf(';', StringComparison.Ordinal);
        mediaType = (semicolon < 0 ? header : header[..semicolon]).Trim().ToLowerInvariant();
        int typeEnd = TokenEnd(mediaType, 0);
        if (typeEnd == 0)
        {
            return "mime: no media type";
        }

        if (typeEnd < mediaType.Length)
        {
            if (mediaType[typeEnd] != '/')
            {
                return "mime: expected slash after first token";
            }

            int subtypeEnd = TokenEnd(mediaType, typeEnd + 1);
            if (subtypeEnd == typeEnd + 1)
            {
                return "mime: expected token after slash";
            }

            if (subtypeEnd < mediaType.Length)
            {
                return "mime: unexpected content after media subtype";
            }
        }

        return semicolon < 0 ? null : ReadParameters(header, semicolon);
    }

    private static string? ReadParameters(string header, int at)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            at = SkipSpace(header, at);
            if (at == header.Length)
            {
                return null;
            }

            if (header[at] != ';')
            {
                return "mime: invalid media parameter";
            }

            at = SkipSpace(header, at + 1);
            if (at == header.Length)
            {
                return null; // a trailing semicolon is forgiven
            }

            int nameEnd = TokenEnd(header, at);
            string name = header[at..nameEnd].ToLowerInvariant();
            at = SkipSpace(header, nameEnd);
            if (name.Length == 0 || at == header.Length || header[at] != '=')
            {
                return "mime: invalid media parameter";
            }

            at = SkipSpace(header, at + 1);
            int valueEnd = ValueEnd(header, at);
            if (valueEnd <= at)
            {
                return "mime: invalid media parameter";
            }

            at = valueEnd;
            if (!seen.Add(name))
            {
                return "mime: duplicate parameter name";
            }
        }
    }

    private static int ValueEnd(string header, int at)
    {
        if (at == header.Length || header[at] != '"')
        {
            return TokenEnd(header, at);
        }

        for (int i = at + 1; i < header.Length; i++)
        {
            if (header[i] == '"')
            {
                return i + 1;
            }

            if (header[i] == '\\')
            {
                i++;
            }
        }

        return -1;
    }

    private static int SkipSpace(string header, int at)
    {
        while (at < header.Length && header[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }

    private static int TokenEnd(string text, int at)
    {
        while (at < text.Length && text[at] is > ' ' and < '\x7f' && !"()<>@,;:\\\"/[]?=".Contains(text[at], StringComparison.Ordinal))
        {
            at++;
        }

        return at;
    }
}
