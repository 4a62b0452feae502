using System.Text;
using Pleiad.Yaml;

namespace Pleiad.Alerting;

/// <summary>Files of text that somebody else wrote.</summary>
internal static class TextFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The whole text, or as much as is enough for <see cref="YamlReader"/> to refuse it: a device or an endless file ends in an error, not in memory.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is not UTF-8.</exception>
    public static string Read(string path)
    {
        using var reader = new StreamReader(path, StrictUtf8);
        return Read(reader, path);
    }

    /// <summary>Likewise, of a reader.</summary>
    /// <param name="name">Named in errors.</param>
    public static string Read(TextReader reader, string name)
    {
        var text = new StringBuilder();
        char[] buffer = new char[16 * 1024];
        try
        {
            int read;
            while (text.Length <= YamlReader.CharsMax && (read = reader.Read(buffer)) > 0)
            {
                text.Append(buffer, 0, read);
            }
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"{name}: yaml: invalid UTF-8");
        }

        return text.ToString();
    }
}
