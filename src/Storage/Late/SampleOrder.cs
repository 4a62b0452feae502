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

            if (unsorted.HasHistograms && unsorted.Histograms[at] is { } histogram)
            {
                into.Add(time, histogram);
            }
            else
            {
                into.Add(time, unsorted.Values[at]);
            }

            if (unsorted.HasStartTimes && unsorted.StartTimes[at] != 0)
            {
                into.SetStartTime(unsorted.StartTimes[at]);
            }
        }
    }
}
