namespace Pleiad.Gateway;

/// <summary>One file of the interface as it was built, compressed beforehand where that makes it smaller.</summary>
/// <param name="Path">From the root of the interface, without a slash in front: <c>assets/main-1f2e.js</c>.</param>
/// <param name="Plain">Its bytes.</param>
/// <param name="Gzip">The same in gzip, or null.</param>
/// <param name="Brotli">The same in Brotli, or null.</param>
public sealed record UiFile(string Path, ReadOnlyMemory<byte> Plain, ReadOnlyMemory<byte>? Gzip = null, ReadOnlyMemory<byte>? Brotli = null)
{
    /// <summary>The page that every address of the interface begins with.</summary>
    public const string IndexPath = "index.html";

    /// <summary>The folder of files that carry a hash of their content in their name, and therefore never change.</summary>
    public const string HashedFolder = "assets/";
}
