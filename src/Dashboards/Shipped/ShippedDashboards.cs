using System.Reflection;

namespace Pleiad.Dashboards;

/// <summary>The dashboards that come with Pleiad, about its own metrics.</summary>
public static class ShippedDashboards
{
    private const string Prefix = "Pleiad.Dashboards.Shipped.";

    /// <summary>Content by file name.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } = Read();

    private static Dictionary<string, byte[]> Read()
    {
        Assembly here = typeof(ShippedDashboards).Assembly;
        var all = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string name in here.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using Stream stream = here.GetManifestResourceStream(name)!;
            using var content = new MemoryStream();
            stream.CopyTo(content);
            all.Add(name[Prefix.Length..], content.ToArray());
        }

        return all;
    }
}
