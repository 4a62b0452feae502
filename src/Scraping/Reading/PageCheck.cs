using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>What a check of a page found.</summary>
/// <param name="Samples">Samples up to the problem, or all.</param>
/// <param name="Problem">What is wrong and where; null for a sound page.</param>
public readonly record struct PageVerdict(int Samples, string? Problem);

/// <summary>Reads a text page for its syntax alone.</summary>
public static class PageCheck
{
    /// <summary>Checks a page in Prometheus's text format.</summary>
    public static PageVerdict Check(ReadOnlySpan<byte> page)
    {
        var sink = new Counter();
        try
        {
            PageParser.Parse(page, PageFormat.Text, new PageOptions(), new PageMemory(), ref sink);
            return new PageVerdict(sink.Samples, null);
        }
        catch (Exception e) when (e is PageSyntaxException or PageLimitException)
        {
            return new PageVerdict(sink.Samples, e.Message);
        }
    }

    private struct Counter : IPageSink
    {
        public static bool WantsMetadata => false;

        public int Samples { get; private set; }

        public readonly void Type(ReadOnlySpan<byte> family, MetricType type)
        {
        }

        public readonly void Help(ReadOnlySpan<byte> family, string help)
        {
        }

        public readonly void Unit(ReadOnlySpan<byte> family, string unit)
        {
        }

        public readonly void Comment(ReadOnlySpan<byte> text)
        {
        }

        public void Sample(scoped in PageSample sample) => Samples++;
    }
}
