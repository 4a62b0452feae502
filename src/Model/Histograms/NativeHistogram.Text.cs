using System.Text;

namespace Pleiad.Model;

public sealed partial class NativeHistogram
{
    /// <summary>The form Prometheus prints: <c>{count:6, sum:8.4, [-2,-1):1, [-0.001,0.001]:2, (1,2]:3}</c>, empty buckets left out.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append("{count:").Append(ExponentFloat.Of(Count)).Append(", sum:").Append(ExponentFloat.Of(Sum));
        foreach (HistogramBucket bucket in AllBuckets())
        {
            if (bucket.Count != 0)
            {
                text.Append(", ").Append(bucket.ToString());
            }
        }

        return text.Append('}').ToString();
    }
}
