using System.Text;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

/// <summary>Tests that count the allocations of the whole process, so nothing else may run beside them.</summary>
[Collection(nameof(PageMemoryTests))]
[CollectionDefinition(nameof(PageMemoryTests), DisableParallelization = true)]
public sealed class PageMemoryTests
{
    [Fact]
    public async Task A_gigabyte_ends_at_the_limit_with_bounded_memory()
    {
        using var target = new ByteTarget(EndlessAsync);
        using var fetcher = PageFetcherTests.Fetcher("{job_name: a, scrape_timeout: 50s, body_size_limit: 16MB}", out ScrapeConfig job);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using FetchOutcome outcome = await fetcher.For(PageFetcherTests.TargetOf(job, target.Address)).FetchAsync(CancellationToken.None);
        Assert.Equal(FetchKind.BodyTooLarge, outcome.Kind);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 24L * 1024 * 1024);
    }

    [Fact]
    public async Task A_known_target_costs_little_memory_per_scrape()
    {
        const int Scrapes = 200;
        using var target = ByteTarget.Of(new string('x', 100_000));
        using var fetcher = PageFetcherTests.Fetcher("{job_name: a}", out ScrapeConfig job);
        TargetFetcher one = fetcher.For(PageFetcherTests.TargetOf(job, target.Address));
        for (int i = 0; i < 20; i++)
        {
            (await one.FetchAsync(CancellationToken.None)).Dispose();
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < Scrapes; i++)
        {
            (await one.FetchAsync(CancellationToken.None)).Dispose();
        }

        // The fake target's own reading of requests, byte by byte, is in here too.
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / Scrapes, 0, 20_000);
    }

    private static async Task<bool> EndlessAsync(ByteRequest request, Stream wire, CancellationToken cancel)
    {
        await wire.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), cancel);
        byte[] line = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("some_metric{label=\"value\"} 1\n", 2000)));
        while (true)
        {
            await wire.WriteAsync(line, cancel);
        }
    }
}
