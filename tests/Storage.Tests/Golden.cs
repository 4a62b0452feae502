using System.Runtime.CompilerServices;

namespace Pleiad.Storage.Tests;

/// <summary>Files as released versions wrote them: they open for ever.</summary>
internal static class Golden
{
    public static string Formats { get; } = Path.Combine(Path.GetDirectoryName(Here())!, "..", "Golden", "formats");

    private static string Here([CallerFilePath] string path = "") => path;
}
