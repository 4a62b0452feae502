using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary>
/// Answers of queries as the Prometheus API writes them, streamed: a matrix of any size passes through one buffer, and no
/// sample makes a string.
/// </summary>
/// <remarks>Shapes: prometheus.io/docs/prometheus/latest/querying/api, "Expression query result formats" and "Native histograms". Speed: PromJsonBench.</remarks>
internal static class PromJson
{
    /// <summary>Writes <c>"resultType"</c> and <c>"result"</c> into the open object.</summary>
    public static async ValueTask WriteResultAsync(JsonText text, QueryValue value, CancellationToken cancel)
    {
        text.Name("resultType"u8);
        switch (value)
        {
            case ScalarValue scalar:
                text.String("scalar").Name("result"u8).ArrayStart().Seconds(scalar.At.Milliseconds).PlainValue(scalar.Value).ArrayEnd();
                break;
            case StringValue words:
                text.String("string").Name("result"u8).ArrayStart().Seconds(words.At.Milliseconds).String(words.Value).ArrayEnd();
                break;
            case VectorValue vector:
                text.String("vector").Name("result"u8).ArrayStart();
                foreach (VectorSample sample in vector.Samples)
                {
                    WriteSample(text, sample);
                    await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
                }

                text.ArrayEnd();
                break;
            case MatrixValue matrix:
                text.String("matrix").Name("result"u8).ArrayStart();
                foreach (MatrixSeries series in matrix.Series)
                {
                    await WriteSeriesAsync(text, series, cancel).ConfigureAwait(false);
                    await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
                }

                text.ArrayEnd();
                break;
            default:
                throw new InvalidOperationException($"a query answered with {value.GetType().Name}, for which the API has no form");
        }
    }

    /// <summary>Labels as an object, sorted by name.</summary>
    public static void WriteLabels(JsonText text, Labels labels)
    {
        text.ObjectStart();
        foreach (Label label in labels)
        {
            text.Name(label.Name).String(label.Value);
        }

        text.ObjectEnd();
    }

    /// <summary>A native histogram: count, sum, and every populated bucket from the lowest on.</summary>
    public static void WriteHistogram(JsonText text, NativeHistogram histogram)
    {
        text.ObjectStart();
        text.Name("count"u8).Value(histogram.Count);
        text.Name("sum"u8).Value(histogram.Sum);
        bool any = false;
        foreach (HistogramBucket bucket in histogram.AllBuckets())
        {
            if (bucket.Count == 0)
            {
                continue;
            }

            if (!any)
            {
                any = true;
                text.Name("buckets"u8).ArrayStart();
            }

            text.ArrayStart().Number((long)bucket.BoundaryRule).Value(bucket.Lower).Value(bucket.Upper).Value(bucket.Count).ArrayEnd();
        }

        if (any)
        {
            text.ArrayEnd();
        }

        text.ObjectEnd();
    }

    private static void WriteSample(JsonText text, VectorSample sample)
    {
        text.ObjectStart().Name("metric"u8);
        WriteLabels(text, sample.Labels);
        if (sample.Histogram is null)
        {
            text.Name("value"u8).ArrayStart().Seconds(sample.At.Milliseconds).Value(sample.Value).ArrayEnd();
        }
        else
        {
            text.Name("histogram"u8).ArrayStart().Seconds(sample.At.Milliseconds);
            WriteHistogram(text, sample.Histogram);
            text.ArrayEnd();
        }

        text.ObjectEnd();
    }

    private static async ValueTask WriteSeriesAsync(JsonText text, MatrixSeries series, CancellationToken cancel)
    {
        text.ObjectStart().Name("metric"u8);
        WriteLabels(text, series.Labels);
        if (series.Histograms is null)
        {
            text.Name("values"u8).ArrayStart();
            for (int at = 0; ;)
            {
                at = text.Samples(series.Times, series.Values, at);
                if (at == series.Times.Length)
                {
                    break;
                }

                await text.DrainAsync(cancel).ConfigureAwait(false);
            }

            text.ArrayEnd();
        }
        else
        {
            await WriteMixedAsync(text, series, series.Histograms, cancel).ConfigureAwait(false);
        }

        text.ObjectEnd();
    }

    // Floats and histograms of one series go into two lists; an empty one is left out.
    private static async ValueTask WriteMixedAsync(
        JsonText text, MatrixSeries series, NativeHistogram?[] histograms, CancellationToken cancel)
    {
        if (Array.Exists(histograms, h => h is null))
        {
            text.Name("values"u8).ArrayStart();
            for (int i = 0; i < histograms.Length; i++)
            {
                if (histograms[i] is null)
                {
                    text.ArrayStart().Seconds(series.Times[i]).Value(series.Values[i]).ArrayEnd();
                    await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
                }
            }

            text.ArrayEnd();
        }

        if (Array.Exists(histograms, h => h is not null))
        {
            text.Name("histograms"u8).ArrayStart();
            for (int i = 0; i < histograms.Length; i++)
            {
                if (histograms[i] is { } histogram)
                {
                    text.ArrayStart().Seconds(series.Times[i]);
                    WriteHistogram(text, histogram);
                    text.ArrayEnd();
                    await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
                }
            }

            text.ArrayEnd();
        }
    }
}
