using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Spans of time, both ends inside, in order and apart from each other: what is deleted of one series. Never changes.</summary>
internal sealed class TimeSpans
{
    private readonly (long From, long Through)[] _spans;

    private TimeSpans((long From, long Through)[] spans) => _spans = spans;

    /// <summary>One span.</summary>
    public TimeSpans(long from, long through)
        : this([(from, through)])
    {
    }

    /// <summary>The spans.</summary>
    public ReadOnlySpan<(long From, long Through)> Spans => _spans;

    /// <summary>The same with another span, which may reach over some that are there.</summary>
    public TimeSpans With(long from, long through)
    {
        var spans = new List<(long From, long Through)>(_spans.Length + 1);
        foreach ((long otherFrom, long otherThrough) in _spans)
        {
            if (AreApart(otherThrough, from) || AreApart(through, otherFrom))
            {
                spans.Add((otherFrom, otherThrough));
            }
            else
            {
                (from, through) = (Math.Min(from, otherFrom), Math.Max(through, otherThrough));
            }
        }

        spans.Add((from, through));
        spans.Sort();
        return new TimeSpans([.. spans]);
    }

    /// <summary>Those of them that end at a time or later; null where there are none.</summary>
    public TimeSpans? EndingAt(long time) => _spans[^1].Through < time ? null : new TimeSpans([.. _spans.Where(span => span.Through >= time)]);

    /// <summary>Whether a time lies in one of them.</summary>
    public bool Contains(long time) => EndAt(time) is not null;

    /// <summary>Whether all times between two, both included, lie in them.</summary>
    public bool Cover(long from, long through) => EndAt(from) is long end && end >= through;

    /// <summary>Whether what a range has of the times between two, both included, lies in them.</summary>
    public bool CoverOf(TimeRange range, long from, long through) =>
        Cover(from > range.After ? from : range.After + 1, Math.Min(through, range.Through));

    /// <summary>The end of the span that a time lies in; null where it lies in none.</summary>
    public long? EndAt(long time)
    {
        foreach ((long from, long through) in _spans)
        {
            if (from <= time && time <= through)
            {
                return through;
            }
        }

        return null;
    }

    /// <summary>Takes the samples that lie in them out of columns.</summary>
    /// <param name="columns">In order of time.</param>
    /// <param name="first">Samples before this index are left alone.</param>
    public void RemoveFrom(SampleColumns columns, int first)
    {
        foreach ((long from, long through) in _spans)
        {
            columns.DropWithin(first, from, through);
        }
    }

    private static bool AreApart(long end, long start) => end < start && end != start - 1;
}
