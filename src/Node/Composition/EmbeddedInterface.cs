using System.Reflection;
using Pleiad.Gateway;

namespace Pleiad.Node;

/// <summary>The interface that the build put into this assembly (Interface.targets).</summary>
internal static class EmbeddedInterface
{
    private const string Prefix = "ui/";

    /// <summary>Its files; none where it was not built.</summary>
    public static IReadOnlyList<UiFile> Files()
    {
        Assembly here = typeof(EmbeddedInterface).Assembly;
        var contents = here.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..].Replace('\\', '/'), name => MappedResource.Of(here, name), StringComparer.Ordinal);
        return
        [
            .. contents.Where(file => !IsCompressed(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new UiFile(
                file.Key,
                file.Value,
                Beside(contents, file.Key + ".gz"),
                Beside(contents, file.Key + ".br"))),
        ];
    }

    // Written out: in a conditional expression null would become an empty memory, by way of the conversion from arrays.
    private static ReadOnlyMemory<byte>? Beside(Dictionary<string, ReadOnlyMemory<byte>> contents, string path)
    {
        if (contents.TryGetValue(path, out ReadOnlyMemory<byte> content))
        {
            return content;
        }

        return null;
    }

    private static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.Ordinal) || path.EndsWith(".br", StringComparison.Ordinal);
}
