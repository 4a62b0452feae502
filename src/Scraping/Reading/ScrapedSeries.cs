using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>
/// A series of a target that tells its labels from what it shares with others (<see cref="LabelShape"/>) and a few values of its own. The labels as an object
/// with their array of texts would cost twice what is left so, and once a shard knows the series nobody asks.
/// </summary>
/// <typeparam name="TValues">Room for the values of its own: an inline array of texts.</typeparam>
internal sealed class ScrapedSeries<TValues> : SeriesKey
    where TValues : struct
{
    // Somebody who asks again and again, such as a destination that samples are forwarded to, is not served by making the labels each time.
    private const int TimesTold = 4;

    private readonly LabelShape _shape;
    private TValues _own;
    private int _told;

    /// <param name="shape">Of these labels.</param>
    /// <param name="labels">Told from now on, not kept.</param>
    internal ScrapedSeries(LabelShape shape, Labels labels)
    {
        _shape = shape;
        shape.ReadOwn(labels, Own);
    }

    private Span<string?> Own => MemoryMarshal.CreateSpan(ref Unsafe.As<TValues, string?>(ref _own), Unsafe.SizeOf<TValues>() / Unsafe.SizeOf<string?>());

    /// <inheritdoc/>
    protected override Labels TellLabels()
    {
        Labels labels = _shape.Make(Own);
        if (Interlocked.Increment(ref _told) > TimesTold)
        {
            Keep(labels);
        }

        return labels;
    }
}

/// <summary>Up to four texts.</summary>
[InlineArray(4)]
internal struct FourTexts
{
    private string? _first;
}

/// <summary>Up to eight texts.</summary>
[InlineArray(8)]
internal struct EightTexts
{
    private string? _first;
}
