using System.Text;

namespace Pleiad.Node;

/// <summary>Where an included name is looked for.</summary>
internal enum HoconIncludeKind
{
    /// <summary>A file beside the including one.</summary>
    Plain,

    /// <summary><c>file("x")</c>: the same.</summary>
    File,

    /// <summary><c>classpath("x")</c>: what is built into the program, which is reference.conf.</summary>
    BuiltIn,
}

/// <summary>Reads what stands between <c>include</c> and the quoted name.</summary>
internal static class HoconIncludeForm
{
    public static bool TryRead(string form, out HoconIncludeKind kind, out bool required)
    {
        required = form.StartsWith("required(", StringComparison.Ordinal);
        string inner = required ? form["required(".Length..] : form;
        kind = inner switch
        {
            "file(" => HoconIncludeKind.File,
            "classpath(" => HoconIncludeKind.BuiltIn,
            _ => HoconIncludeKind.Plain,
        };
        return inner is "" or "file(" or "classpath(";
    }
}

/// <summary>Reads included files for a parser.</summary>
internal interface IHoconIncludes
{
    /// <summary>The objects that a name stands for, the last one winning; none where there is no such file and it is not required.</summary>
    /// <param name="from">The include statement.</param>
    /// <param name="at">Where it stands.</param>
    IEnumerable<HoconObjectNode> Read(string name, HoconIncludeKind kind, bool required, HoconOrigin from, HoconIncludePoint at);
}

/// <summary>Loads HOCON, JSON and properties files and what they include. One instance a document.</summary>
/// <param name="builtIn">Texts that <c>classpath("name")</c> finds.</param>
internal sealed class HoconFiles(IReadOnlyDictionary<string, string>? builtIn = null) : IHoconIncludes
{
    // In this order, so that .conf wins.
    private static readonly string[] s_extensions = [".properties", ".json", ".conf"];

    private readonly IReadOnlyDictionary<string, string> _builtIn = builtIn ?? new Dictionary<string, string>();
    private int _depth;
    private int _files;

    /// <summary>Reads a file.</summary>
    /// <exception cref="HoconException">Not readable, or not HOCON.</exception>
    public HoconNode Load(string path) => Load(path, path, HoconIncludePoint.Document);

    /// <summary>Reads a text under a name; what it includes is looked for in the working directory.</summary>
    public HoconNode Parse(string text, string name) => HoconParser.Parse(text, name, this, HoconIncludePoint.Document);

    /// <inheritdoc/>
    public IEnumerable<HoconObjectNode> Read(string name, HoconIncludeKind kind, bool required, HoconOrigin from, HoconIncludePoint at)
    {
        if (_depth == HoconLimits.IncludeDepthMax)
        {
            throw new HoconException(from, $"includes nest deeper than {HoconLimits.IncludeDepthMax}: does a file include itself?");
        }

        _depth++;
        var found = new List<HoconObjectNode>();
        if (kind == HoconIncludeKind.BuiltIn)
        {
            if (_builtIn.TryGetValue(name.TrimStart('/'), out string? text))
            {
                found.Add(ObjectOf(HoconParser.Parse(text, name, this, at), from));
            }
        }
        else
        {
            string path = Path.Combine(Path.GetDirectoryName(from.File) ?? string.Empty, name);
            string[] candidates = s_extensions.Any(name.EndsWith) ? [path] : [.. s_extensions.Select(e => path + e)];
            foreach (string candidate in candidates.Where(File.Exists))
            {
                found.Add(ObjectOf(Load(candidate, candidate, at), from));
            }
        }

        _depth--;
        return found.Count > 0 || !required ? found : throw new HoconException(from, $"the file to include is not there: {name}");
    }

    private static HoconObjectNode ObjectOf(HoconNode node, HoconOrigin from) =>
        node as HoconObjectNode ?? throw new HoconException(from, "what is included must be an object, not an array");

    private HoconNode Load(string path, string name, HoconIncludePoint at)
    {
        if (++_files > HoconLimits.FilesMax)
        {
            throw new HoconException(new HoconOrigin(name, 1), $"more than {HoconLimits.FilesMax} files are included");
        }

        string text;
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > 4L * HoconLimits.CharsMax)
            {
                throw new HoconException(new HoconOrigin(name, 1), $"the file is longer than {HoconLimits.CharsMax} characters");
            }

            text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new HoconException(new HoconOrigin(name, 1), e is DecoderFallbackException ? "the file is not UTF-8" : $"cannot read the file: {e.Message}");
        }

        return path.EndsWith(".properties", StringComparison.Ordinal)
            ? HoconProperties.Parse(text, name)
            : HoconParser.Parse(text, name, this, at);
    }
}
