using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// The samples of one series that came later than newer ones of it and are in no block yet, in order of time. Never changes: views
/// keep what was there when they were taken.
/// </summary>
internal sealed class LateSamples
{
    private readonly long[] _times;
    private readonly LateSample[] _samples;

    /// <param name="times">Strictly ascending.</param>
    /// <param name="samples">One for each.</param>
    /// <exception cref="FormatException">There is none, or the times are not ascending.</exception>
    public LateSamples(long[] times, LateSample[] samples)
    {
        for (int i = 1; i < times.Length; i++)
        {
            if (times[i] <= times[i - 1])
            {
                throw new FormatException("late samples are not in order of time");
            }
        }

        if (times.Length == 0)
        {
            throw new FormatException("a series has no late sample");
        }

        _times = times;
        _samples = samples;
    }

    /// <summary>One sample.</summary>
    public LateSamples(long time, LateSample sample)
        : this([time], [sample])
    {
    }

    /// <summary>How many.</summary>
    public int Count => _times.Length;

    /// <summary>Milliseconds since the epoch, strictly ascending.</summary>
    public ReadOnlySpan<long> Times => _times;

    /// <summary>What is known of each.</summary>
    public ReadOnlySpan<LateSample> Samples => _samples;

    /// <summary>Time of the oldest.</summary>
    public long FirstTime => _times[0];

    /// <summary>Time of the newest.</summary>
    public long LastTime => _times[^1];

    /// <summary>The sample of a time, if there is one.</summary>
    public LateSample? Find(long time) => Array.BinarySearch(_times, time) is >= 0 and int at ? _samples[at] : null;

    /// <summary>The same with another sample; the one that is there of that time stays.</summary>
    public LateSamples With(long time, LateSample sample)
    {
        int at = ~Array.BinarySearch(_times, time);
        return at < 0 ? this : new LateSamples([.. _times[..at], time, .. _times[at..]], [.. _samples[..at], sample, .. _samples[at..]]);
    }

    /// <summary>Those for which a condition on their time holds; null where there are none.</summary>
    public LateSamples? Where(Func<long, bool> kept)
    {
        int[] left = [.. Enumerable.Range(0, Count).Where(at => kept(_times[at]))];
        return left.Length == Count ? this
            : left.Length == 0 ? null
            : new LateSamples([.. left.Select(at => _times[at])], [.. left.Select(at => _samples[at])]);
    }

    /// <summary>Whether any lies in a range.</summary>
    public bool HasAny(TimeRange range)
    {
        int at = FirstIn(range);
        return at < Count && _times[at] <= range.Through;
    }

    /// <summary>Appends those that lie in a range.</summary>
    public void Read(TimeRange range, SampleColumns into)
    {
        for (int at = FirstIn(range); at < Count && _times[at] <= range.Through; at++)
        {
            LateSample sample = _samples[at];
            if (sample.Histogram is { } histogram)
            {
                var reader = new ByteReader(histogram);
                into.Add(_times[at], HistogramCodec.Read(ref reader));
            }
            else
            {
                into.Add(_times[at], BitConverter.UInt64BitsToDouble(sample.Bits));
            }

            if (sample.Start != 0)
            {
                into.SetStartTime(sample.Start);
            }
        }
    }

    private int FirstIn(TimeRange range)
    {
        int at = Array.BinarySearch(_times, range.After);
        return at < 0 ? ~at : at + 1;
    }
}

/// <summary>One sample that came late.</summary>
/// <param name="Bits">Of the value; of a histogram the hash of its bytes.</param>
/// <param name="Start">Start timestamp, or 0.</param>
/// <param name="Histogram">Its bytes; null for a float.</param>
internal readonly record struct LateSample(ulong Bits, long Start, byte[]? Histogram);
