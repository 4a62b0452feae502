using System.Text;

namespace Pleiad.Node;

/// <summary>Paths such as <c>a.b."c.d"</c>: keys from the root down.</summary>
internal static class HoconPath
{
    /// <summary>The keys that the tokens of a path name; spaces at the ends do not count.</summary>
    /// <exception cref="HoconException">An element is empty and not quoted.</exception>
    public static IReadOnlyList<string> Of(List<HoconToken> tokens, HoconOrigin origin)
    {
        int first = tokens.FindIndex(t => t.Kind != HoconTokenKind.Space);
        int last = tokens.FindLastIndex(t => t.Kind != HoconTokenKind.Space);
        var path = new List<string>();
        var element = new StringBuilder();
        bool quoted = false;
        for (int i = first; i >= 0 && i <= last; i++)
        {
            HoconToken token = tokens[i];
            if (token.Kind == HoconTokenKind.Quoted)
            {
                quoted = true;
                element.Append(token.Text);
                continue;
            }

            string[] parts = token.Text.Split('.');
            element.Append(parts[0]);
            foreach (string part in parts.Skip(1))
            {
                Finish();
                element.Append(part);
            }
        }

        Finish();
        return path;

        void Finish()
        {
            if (element.Length == 0 && !quoted)
            {
                throw new HoconException(origin, "a path has an empty element; write \"\" where that is meant");
            }

            path.Add(element.ToString());
            element.Clear();
            quoted = false;
        }
    }

    /// <summary>The text of a path, elements quoted where they have to be.</summary>
    public static string TextOf(IEnumerable<string> path) =>
        string.Join('.', path.Select(e => e.Length > 0 && e.All(c => char.IsLetterOrDigit(c) || c is '-' or '_') ? e : $"\"{e}\""));
}
