using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Spans and counts of one side of a native histogram in their shortest form.</summary>
internal static class BucketSpans
{
    /// <summary>
    /// Takes out empty spans, joins touching ones, and drops empty buckets at the edges of each span; empty buckets in the
    /// middle of a span go too, unless <paramref name="gapKept"/> says that so many of them are cheaper than a new span.
    /// </summary>
    internal static (BucketSpan[] Spans, double[] Counts) Compact(ReadOnlySpan<BucketSpan> spans, ReadOnlySpan<double> counts, int gapKept = 0)
    {
        var resultSpans = new List<BucketSpan>(spans.Length);
        var resultCounts = new List<double>(counts.Length);
        long index = 0; // of the bucket at hand
        long end = 0; // behind the last bucket written
        int at = 0;
        foreach (BucketSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length; i++, index++, at++)
            {
                if (counts[at] == 0)
                {
                    continue;
                }

                long gap = index - end;
                if (resultSpans.Count > 0 && gap <= gapKept)
                {
                    for (long filled = 0; filled < gap; filled++)
                    {
                        resultCounts.Add(0);
                    }

                    BucketSpan last = resultSpans[^1];
                    resultSpans[^1] = last with { Length = last.Length + (uint)gap + 1 };
                }
                else
                {
                    resultSpans.Add(new BucketSpan((int)gap, 1));
                }

                resultCounts.Add(counts[at]);
                end = index + 1;
            }
        }

        return ([.. resultSpans], [.. resultCounts]);
    }
}
