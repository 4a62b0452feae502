using System.IO.Compression;

namespace Pleiad.Scraping;

/// <summary>Reads the body of an answer into a buffer, unpacked, never beyond its limits.</summary>
internal static class BodyReader
{
    /// <summary>How many times its packed size a page may have. Honest pages stay below 50; deflate can do 1032.</summary>
    public const int CompressionRatioMax = 300;

    // Below this size the ratio does not matter: a short page of equal lines may be packed very tightly.
    private const int RatioCheckedFrom = 1024 * 1024;

    /// <summary>The body; the caller disposes it.</summary>
    /// <param name="response">Whose headers have been read.</param>
    /// <param name="pool">Of the buffer.</param>
    /// <param name="bytesMax">Bytes, unpacked.</param>
    /// <param name="bytesExpected">As long as the last page was; 0 = unknown.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="FetchFailure">Too large, packed too tightly, or encoded in a way we did not ask for.</exception>
    public static async Task<PageBuffer> ReadAsync(HttpResponseMessage response, PagePool pool, int bytesMax, int bytesExpected, CancellationToken cancel)
    {
        bool packed = IsGzip(response);
        long? length = response.Content.Headers.ContentLength;
        if (length is null && response.Content.Headers.NonValidated.Contains("Content-Length"))
        {
            throw new FetchFailure(FetchKind.BadResponse, "malformed Content-Length");
        }

        if (!packed && length > bytesMax)
        {
            throw TooLarge();
        }

        // One byte more, so that the end is seen without growing.
        long expected = packed || length is null ? bytesExpected : length.Value + 1;
        var page = new PageBuffer(pool, (int)Math.Min(expected, bytesMax + 1L));
        try
        {
            using Stream body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            if (packed)
            {
                using var counted = new CountedStream(body);
                using var unpacked = new GZipStream(counted, CompressionMode.Decompress);
                await FillAsync(page, unpacked, counted, bytesMax, cancel).ConfigureAwait(false);
            }
            else
            {
                await FillAsync(page, body, null, bytesMax, cancel).ConfigureAwait(false);
            }

            return page;
        }
        catch
        {
            // Whatever went wrong, nobody else knows the buffer yet.
            ((IDisposable)page).Dispose();
            throw;
        }
    }

    private static async ValueTask FillAsync(PageBuffer page, Stream from, CountedStream? packed, int bytesMax, CancellationToken cancel)
    {
        while (true)
        {
            if (page.IsFull)
            {
                page.Grow(bytesMax + 1);
            }

            int read = await from.ReadAsync(page.Free, cancel).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            page.Advance(read);
            if (page.Length > bytesMax)
            {
                throw TooLarge();
            }

            if (packed is not null && page.Length > RatioCheckedFrom && page.Length > packed.Count * CompressionRatioMax)
            {
                throw new FetchFailure(
                    FetchKind.CompressionBomb,
                    $"gzip: the page is more than {CompressionRatioMax} times as long as what was sent");
            }
        }
    }

    private static bool IsGzip(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out System.Net.Http.Headers.HeaderStringValues values))
        {
            return false;
        }

        string encoding = values.ToString().Trim();
        return encoding.ToLowerInvariant() switch
        {
            "" or "identity" => false,
            "gzip" => true,
            _ => throw new FetchFailure(FetchKind.BadResponse, $"unsupported Content-Encoding {GoText.Quote(FetchErrors.Printable(encoding))}"),
        };
    }

    private static FetchFailure TooLarge() => new(FetchKind.BodyTooLarge, FetchErrors.BodySizeLimitExceeded);

    /// <summary>Counts what is read through it. Leaves the inner stream open.</summary>
    private sealed class CountedStream(Stream inner) : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => Count;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Count += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = inner.Read(buffer, offset, count);
            Count += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
