using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>The shapes of one target's series; makes their keys. Not thread-safe.</summary>
/// <param name="target">The target's labels.</param>
internal sealed class LabelShapes(Labels target)
{
    // A page has a few dozen. One with as many as it has series would be searched in vain for each of them.
    private const int ShapesMax = 64;

    private readonly List<LabelShape> _shapes = [];
    private int _last;
    private int _oldest;

    /// <summary>A key for a series that was not known before.</summary>
    internal SeriesKey KeyOf(Labels labels)
    {
        LabelShape shape = Find(labels);
        return shape.OwnCount switch
        {
            <= 4 => new ScrapedSeries<FourTexts>(shape, labels),
            <= 8 => new ScrapedSeries<EightTexts>(shape, labels),
            _ => new SeriesKey(labels),
        };
    }

    private LabelShape Find(Labels labels)
    {
        // Neighbours on a page are alike.
        if (_shapes.Count > 0 && _shapes[_last].Fits(labels))
        {
            return _shapes[_last];
        }

        _last = _shapes.FindIndex(shape => shape.Fits(labels));
        if (_last >= 0)
        {
            return _shapes[_last];
        }

        LabelShape made = LabelShape.Of(labels, target);
        if (_shapes.Count < ShapesMax)
        {
            _last = _shapes.Count;
            _shapes.Add(made);
            return made;
        }

        _last = _oldest;
        _oldest = (_oldest + 1) % ShapesMax;
        return _shapes[_last] = made;
    }
}
