using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Puts the samples of one series that came from several places in order of time, each time once.</summary>
internal static class SampleOrder
{
    /// <summary>Appends samples in order of time; of those with one time the first.</summary>
    public static void AppendSorted(SampleColumns unsorted, SampleColumns into)
    {
        var order = new (long Time, int At)[unsorted.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = (unsorted.Times[i], i);
        }

        Array.Sort(order);
        for (int i = 0; i < order.Length; i++)
        {
            (long time, int at) = order[i];
            if (i > 0 && time == order[i - 1].Time)
            {
                continue;
            }

            AppendOne(unsorted, at, into);
        }
    }

    /// <summary>Appends one sample of others, whatever it is.</summary>
    public static void AppendOne(SampleColumns from, int at, SampleColumns into)
    {
        if (from.HasHistograms && from.Histograms[at] is { } histogram)
        {
            into.Add(from.Times[at], histogram);
        }
        else
        {
            into.Add(from.Times[at], from.Values[at]);
        }

        if (from.HasStartTimes && from.StartTimes[at] != 0)
        {
            into.SetStartTime(from.StartTimes[at]);
        }
    }

    /// <summary>Whether samples are in order of time, each time once.</summary>
    public static bool IsOrdered(SampleColumns samples)
    {
        ReadOnlySpan<long> times = samples.Times;
        for (int i = 1; i < times.Length; i++)
        {
            if (times[i] <= times[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
