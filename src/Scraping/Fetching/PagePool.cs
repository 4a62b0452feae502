using System.Buffers;

namespace Pleiad.Scraping;

/// <summary>Arrays for pages that are not large, kept from one page to the next. Thread-safe.</summary>
/// <remarks>The pool of the process keeps one for each thread and more: of pages of 100 KB some 20 MB, of which few are ever in use at once.</remarks>
/// <param name="keptOfSize">Arrays of each size (16 KiB, 32 KiB and so on) that are kept; further ones are left to the collector.</param>
public sealed class PagePool(int keptOfSize)
{
    /// <summary>Where nothing else is said.</summary>
    public const int KeptOfSizeDefault = 32;

    /// <summary>Up to here arrays are pooled.</summary>
    internal const int BytesMax = 1024 * 1024;

    /// <summary>The pool of whoever says nothing else.</summary>
    public static readonly PagePool Default = new(KeptOfSizeDefault);

    private readonly ArrayPool<byte> _arrays = ArrayPool<byte>.Create(BytesMax, keptOfSize);

    /// <summary>An array of at least so many bytes.</summary>
    internal byte[] Rent(int bytes) => _arrays.Rent(bytes);

    /// <summary>Takes one back.</summary>
    internal void Return(byte[] array) => _arrays.Return(array);
}
