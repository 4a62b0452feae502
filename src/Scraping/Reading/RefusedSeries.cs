using System.Runtime.InteropServices;

namespace Pleiad.Scraping;

/// <summary>
/// New series of pages that were refused. Nothing of them is kept, but <c>scrape_series_added</c> counts them once, not with every such page.
/// </summary>
/// <remarks>Prometheus 3.14, scrape.go, scrapeCache: what a refused page put there stays until a page succeeds, or until it has grown too large.</remarks>
internal sealed class RefusedSeries
{
    /// <summary>Series beyond those of the last good page that are remembered from one refused page to the next.</summary>
    internal const int KeptMax = 1000;

    // By the hash of their labels. What the page at hand brought, and what refused pages brought before it.
    private readonly List<ulong> _page = [];
    private readonly HashSet<ulong> _before = [];

    /// <summary>A page begins.</summary>
    internal void Begin() => _page.Clear();

    /// <summary>Notes a series that is new on the page at hand.</summary>
    /// <returns>Whether no refused page brought it before.</returns>
    internal bool Note(ulong labelsHash)
    {
        _page.Add(labelsHash);
        return !_before.Contains(labelsHash);
    }

    /// <summary>The page counts.</summary>
    internal void Commit()
    {
        if (_before.Count > 0)
        {
            _before.Clear();
            _before.TrimExcess();
        }

        ShrinkPage();
    }

    /// <summary>The page was refused.</summary>
    /// <param name="seriesKnown">Series of the last good page.</param>
    internal void Abort(int seriesKnown)
    {
        _before.UnionWith(_page);
        if (_before.Count > (long)seriesKnown + KeptMax && _before.Count > _page.Count)
        {
            _before.Clear();
            foreach (ulong hash in CollectionsMarshal.AsSpan(_page))
            {
                _before.Add(hash);
            }
        }

        ShrinkPage();
    }

    private void ShrinkPage()
    {
        _page.Clear();
        if (_page.Capacity > KeptMax)
        {
            _page.Capacity = 0;
        }
    }
}
