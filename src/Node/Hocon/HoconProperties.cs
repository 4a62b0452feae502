using System.Globalization;
using System.Text;

namespace Pleiad.Node;

/// <summary>Reads Java properties: <c>a.b=value</c> lines. Keys are paths, values strings; an object wins over a string at the same path.</summary>
/// <remarks>java.util.Properties, "load(Reader)".</remarks>
internal static class HoconProperties
{
    /// <summary>The file as an object.</summary>
    public static HoconObjectNode Parse(string text, string file)
    {
        var values = new List<(string[] Path, HoconScalarNode Value)>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            var origin = new HoconOrigin(file, i + 1);
            string line = lines[i].TrimStart().TrimEnd('\r');
            if (line.Length == 0 || line[0] is '#' or '!')
            {
                continue;
            }

            while (EndsInBackslash(line) && i + 1 < lines.Length)
            {
                line = line[..^1] + lines[++i].TrimStart().TrimEnd('\r');
            }

            (string key, string value) = Split(line);
            string[] path = key.Split('.');
            if (path.Length > HoconLimits.DepthMax)
            {
                throw new HoconException(origin, $"objects and arrays nest deeper than {HoconLimits.DepthMax}");
            }

            values.Add((path, new HoconScalarNode(origin, HoconKind.String, value)));
        }

        var root = new HoconObjectNode(new HoconOrigin(file, 1));
        foreach ((string[] path, HoconScalarNode value) in values)
        {
            if (!values.Exists(other => other.Path.Length > path.Length && other.Path.AsSpan(0, path.Length).SequenceEqual(path)))
            {
                root.Add(path, value);
            }
        }

        return root;
    }

    private static bool EndsInBackslash(string line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    // The key ends at the first '=', ':' or space that no backslash stands before.
    private static (string Key, string Value) Split(string line)
    {
        int end = 0;
        while (end < line.Length && line[end] is not ('=' or ':' or ' ' or '\t'))
        {
            end += line[end] == '\\' ? 2 : 1;
        }

        end = Math.Min(end, line.Length);
        string rest = line[end..].TrimStart();
        if (rest.Length > 0 && rest[0] is ('=' or ':'))
        {
            rest = rest[1..].TrimStart();
        }

        return (Unescaped(line[..end]), Unescaped(rest));
    }

    private static string Unescaped(string text)
    {
        var value = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                value.Append(text[i]);
                continue;
            }

            char c = text[++i];
            if (c == 'u' && i + 4 < text.Length && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            {
                value.Append((char)unit);
                i += 4;
            }
            else
            {
                value.Append(c switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'f' => '\f', _ => c });
            }
        }

        return value.ToString();
    }
}
