namespace Pleiad.Model;

/// <summary>Encodes samples as chunks of Prometheus: floats, native histograms of integers and of floats. The counterpart of <see cref="PrometheusChunk"/>.</summary>
/// <remarks>prometheus/prometheus, tsdb/docs/format/chunks.md; written from the description.</remarks>
public sealed class PrometheusChunkWriter
{
    /// <summary>Samples of a chunk at most, as Prometheus has it.</summary>
    public const int SamplesMax = 120;

    private readonly PrometheusBitWriter _bits = new();

    /// <summary>What was encoded last: without length, encoding and checksum.</summary>
    public ReadOnlySpan<byte> Written => _bits.Written;

    /// <summary>Encodes the next chunk of a series.</summary>
    /// <param name="run">The samples, in order of time.</param>
    /// <param name="first">The first of the chunk.</param>
    /// <returns>How many samples are in it, and the byte that names the encoding.</returns>
    public (int Count, byte Encoding) Encode(SampleColumns run, int first)
    {
        _bits.Clear();
        int max = Math.Min(SamplesMax, run.Count - first);
        if (!run.HasHistograms)
        {
            WriteFloats(run.Times.Slice(first, max), run.Values.Slice(first, max));
            return (max, PrometheusChunk.Floats);
        }

        ReadOnlySpan<NativeHistogram?> histograms = run.Histograms.Slice(first, max);
        if (histograms[0] is not null)
        {
            int taken = PrometheusHistogramRuns.Length(histograms);
            bool isInteger = PrometheusHistogramRuns.IsInteger(histograms[..taken]);
            PrometheusHistogramWriter.Write(_bits, run.Times.Slice(first, taken), histograms[..taken], isInteger);
            return (taken, isInteger ? PrometheusChunk.Histograms : PrometheusChunk.FloatHistograms);
        }

        int floats = 1;
        while (floats < max && histograms[floats] is null)
        {
            floats++;
        }

        WriteFloats(run.Times.Slice(first, floats), run.Values.Slice(first, floats));
        return (floats, PrometheusChunk.Floats);
    }

    private void WriteFloats(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        _bits.Bits((ulong)times.Length, 16);
        _bits.Varint(times[0]);
        var value = default(PrometheusXorWriter);
        value.First(_bits, values[0]);
        long step = 0;
        for (int i = 1; i < times.Length; i++)
        {
            long next = unchecked(times[i] - times[i - 1]);
            if (i == 1)
            {
                _bits.Uvarint((ulong)next);
            }
            else
            {
                _bits.VarbitTime(unchecked(next - step));
            }

            step = next;
            value.Next(_bits, values[i]);
        }
    }
}
