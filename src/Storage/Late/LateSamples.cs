using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// The samples of one series that came later than newer ones of it and are in no block yet, in order of time. Never changes: views
/// keep what was there when they were taken.
/// </summary>
internal sealed class LateSamples
{
    private const int Room = 4;

    private readonly Columns _columns;

    private LateSamples(Columns columns, int count)
    {
        _columns = columns;
        Count = count;
    }

    /// <param name="times">Strictly ascending.</param>
    /// <param name="samples">One for each.</param>
    /// <exception cref="FormatException">There is none, or the times are not ascending.</exception>
    public LateSamples(long[] times, LateSample[] samples)
        : this(new Columns(times, samples, times.Length), times.Length)
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
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>Milliseconds since the epoch, strictly ascending.</summary>
    public ReadOnlySpan<long> Times => _columns.Times.AsSpan(0, Count);

    /// <summary>What is known of each.</summary>
    public ReadOnlySpan<LateSample> Samples => _columns.Samples.AsSpan(0, Count);

    /// <summary>Time of the oldest.</summary>
    public long FirstTime => _columns.Times[0];

    /// <summary>Time of the newest.</summary>
    public long LastTime => _columns.Times[Count - 1];

    /// <summary>The sample of a time, if there is one.</summary>
    public LateSample? Find(long time) => Times.BinarySearch(time) is >= 0 and int at ? _columns.Samples[at] : null;

    /// <summary>
    /// What is there and other samples; of those with one time the first, and what is there before all. The writer's alone: samples later than
    /// all that are there are written behind them, where views that know of fewer do not look.
    /// </summary>
    /// <param name="there">Null for none.</param>
    /// <param name="added">At least one, in any order.</param>
    public static LateSamples Merge(LateSamples? there, List<(long Time, LateSample Sample)> added)
    {
        (long Time, LateSample Sample)[] later = [.. added.DistinctBy(static row => row.Time).OrderBy(static row => row.Time)];
        if (there is not null && later[0].Time > there.LastTime)
        {
            return there.Append(later);
        }

        int known = there?.Count ?? 0;
        var columns = new Columns(new long[known + later.Length + Room], new LateSample[known + later.Length + Room], 0);
        int next = 0;
        foreach ((long time, LateSample sample) in later)
        {
            while (next < known && there!.Times[next] < time)
            {
                columns.Add(there.Times[next], there.Samples[next++]);
            }

            if (next == known || there!.Times[next] != time)
            {
                columns.Add(time, sample);
            }
        }

        while (next < known)
        {
            columns.Add(there!.Times[next], there.Samples[next++]);
        }

        return new LateSamples(columns, columns.Used);
    }

    /// <summary>Those for which a condition on their time holds; null where there are none.</summary>
    public LateSamples? Where(Func<long, bool> kept)
    {
        int[] left = [.. Enumerable.Range(0, Count).Where(at => kept(_columns.Times[at]))];
        return left.Length == Count ? this
            : left.Length == 0 ? null
            : new LateSamples([.. left.Select(at => _columns.Times[at])], [.. left.Select(at => _columns.Samples[at])]);
    }

    /// <summary>Whether any lies in a range.</summary>
    public bool HasAny(TimeRange range)
    {
        int at = FirstIn(range);
        return at < Count && _columns.Times[at] <= range.Through;
    }

    /// <summary>Appends those that lie in a range.</summary>
    public void Read(TimeRange range, SampleColumns into)
    {
        for (int at = FirstIn(range); at < Count && _columns.Times[at] <= range.Through; at++)
        {
            LateSample sample = _columns.Samples[at];
            if (sample.Histogram is { } histogram)
            {
                var reader = new ByteReader(histogram);
                into.Add(_columns.Times[at], HistogramCodec.Read(ref reader));
            }
            else
            {
                into.Add(_columns.Times[at], BitConverter.UInt64BitsToDouble(sample.Bits));
            }

            if (sample.Start != 0)
            {
                into.SetStartTime(sample.Start);
            }
        }
    }

    private int FirstIn(TimeRange range)
    {
        int at = Times.BinarySearch(range.After);
        return at < 0 ? ~at : at + 1;
    }

    private LateSamples Append(ReadOnlySpan<(long Time, LateSample Sample)> later)
    {
        Columns columns = _columns;
        int count = Count + later.Length;
        if (columns.Used > Count || count > columns.Times.Length)
        {
            int capacity = count + (count / 2) + Room;
            columns = new Columns(new long[capacity], new LateSample[capacity], Count);
            Times.CopyTo(columns.Times);
            Samples.CopyTo(columns.Samples);
        }

        foreach ((long time, LateSample sample) in later)
        {
            columns.Add(time, sample);
        }

        return new LateSamples(columns, count);
    }

    // Shared by several states of a series: each knows how many of the samples are its own.
    private sealed class Columns(long[] times, LateSample[] samples, int used)
    {
        public readonly long[] Times = times;
        public readonly LateSample[] Samples = samples;

        public int Used { get; private set; } = used;

        public void Add(long time, LateSample sample)
        {
            Times[Used] = time;
            Samples[Used] = sample;
            Used++;
        }
    }
}

/// <summary>One sample that came late.</summary>
/// <param name="Bits">Of the value; of a histogram the hash of its bytes.</param>
/// <param name="Start">Start timestamp, or 0.</param>
/// <param name="Histogram">Its bytes; null for a float.</param>
internal readonly record struct LateSample(ulong Bits, long Start, byte[]? Histogram);
