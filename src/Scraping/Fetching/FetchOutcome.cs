namespace Pleiad.Scraping;

/// <summary>How a fetch ended.</summary>
public enum FetchKind
{
    /// <summary>A page is there.</summary>
    Page,

    /// <summary>It was not all there when the time was up.</summary>
    Timeout,

    /// <summary>The page is longer than allowed.</summary>
    BodyTooLarge,

    /// <summary>The page was packed more tightly than any honest page.</summary>
    CompressionBomb,

    /// <summary>The target answered with another status than 200.</summary>
    BadStatus,

    /// <summary>No connection: name unknown, refused, unreachable, broken.</summary>
    ConnectionFailed,

    /// <summary>No agreement on TLS.</summary>
    TlsFailed,

    /// <summary>What came back is not HTTP, or not encoded as it says.</summary>
    BadResponse,

    /// <summary>The credentials could not be had: a file cannot be read, or no token was given.</summary>
    CredentialsFailed,
}

/// <summary>What a fetch brought: a page, or a reason. Dispose it when the page has been read.</summary>
public sealed class FetchOutcome : IDisposable
{
    private PageBuffer? _page;

    private FetchOutcome(FetchKind kind, PageBuffer? page, string contentType, string error, TimeSpan duration)
    {
        Kind = kind;
        _page = page;
        ContentType = contentType;
        Error = error;
        Duration = duration;
        BodyBytes = page?.Length ?? 0;
    }

    /// <summary>How it ended.</summary>
    public FetchKind Kind { get; }

    /// <summary>Whether there is a page.</summary>
    public bool IsPage => Kind == FetchKind.Page;

    /// <summary>The page, uncompressed; empty without one, and after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Page => _page is null ? [] : _page.Written;

    /// <summary>Bytes of the page, uncompressed.</summary>
    public int BodyBytes { get; }

    /// <summary>The header <c>Content-Type</c>; empty where there was none.</summary>
    public string ContentType { get; }

    /// <summary>Why there is no page, in words like Prometheus's; empty where there is one. Never holds a secret.</summary>
    public string Error { get; }

    /// <summary>From the request to the last byte.</summary>
    public TimeSpan Duration { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        ((IDisposable?)_page)?.Dispose();
        _page = null;
    }

    internal static FetchOutcome Of(PageBuffer page, string contentType, TimeSpan duration) =>
        new(FetchKind.Page, page, contentType, string.Empty, duration);

    internal static FetchOutcome Of(FetchFailure failure, TimeSpan duration) => new(failure.Kind, null, string.Empty, failure.Message, duration);
}

/// <summary>A fetch that failed, on its way from where it failed to its outcome.</summary>
internal sealed class FetchFailure(FetchKind kind, string message) : Exception(message)
{
    public FetchKind Kind { get; } = kind;
}
