using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Writes the messages that answer remote read. Reused from series to series; not thread-safe.</summary>
public sealed class RemoteReadWriter
{
    private readonly ProtoWriter _message = new();
    private readonly ProtoWriter _inner = new();
    private readonly HistogramMessage _histogram = new();
    private readonly PrometheusChunkWriter _chunk = new();

    /// <summary>A <c>prometheus.TimeSeries</c> with all samples.</summary>
    public byte[] Series(Labels labels, SampleColumns samples)
    {
        _message.Clear();
        _message.Labels(1, labels, _inner);
        for (int i = 0; i < samples.Count; i++)
        {
            _inner.Clear();
            if (samples.HasHistograms && samples.Histograms[i] is { } histogram)
            {
                _histogram.Write(_inner, histogram, samples.Times[i]);
                _message.Bytes(4, _inner.Written);
            }
            else
            {
                _inner.Double(1, samples.Values[i]);
                _inner.Varint(2, (ulong)samples.Times[i]);
                _message.Bytes(2, _inner.Written);
            }
        }

        return _message.Written.ToArray();
    }

    /// <summary>The <c>prometheus.ReadResponse</c> of some queries.</summary>
    /// <param name="results">The series of each query, as <see cref="Series"/> wrote them.</param>
    public byte[] Response(IReadOnlyList<IReadOnlyList<byte[]>> results)
    {
        _message.Clear();
        foreach (IReadOnlyList<byte[]> series in results)
        {
            _inner.Clear();
            foreach (byte[] one in series)
            {
                _inner.Bytes(1, one);
            }

            _message.Bytes(1, _inner.Written);
        }

        return _message.Written.ToArray();
    }

    /// <summary>The frames of one series in a stream: each a <c>prometheus.ChunkedReadResponse</c> behind its length and checksum.</summary>
    /// <param name="labels">Of the series.</param>
    /// <param name="samples">In order of time: each chunk has floats, or histograms with the same buckets.</param>
    /// <param name="query">The number of the query, from 0.</param>
    /// <param name="frameBytesMax">Chunk bytes after which the next frame begins.</param>
    /// <remarks>Frames: length as uvarint, CRC-32C of the message in big endian, the message.</remarks>
    public byte[] Frames(Labels labels, SampleColumns samples, int query, int frameBytesMax)
    {
        var frames = new ProtoWriter();
        int chunkBytes = 0;
        _message.Clear();
        _message.Labels(1, labels, _inner);
        for (int from = 0; from < samples.Count;)
        {
            if (chunkBytes >= frameBytesMax)
            {
                EndFrame(frames, query);
                _message.Labels(1, labels, _inner);
                chunkBytes = 0;
            }

            // The numbers of the encodings are the same in a block and on the wire.
            (int count, byte encoding) = _chunk.Encode(samples, from);
            _inner.Clear();
            _inner.Varint(1, (ulong)samples.Times[from]);
            _inner.Varint(2, (ulong)samples.Times[from + count - 1]);
            _inner.Varint(3, encoding);
            _inner.Bytes(4, _chunk.Written);
            from += count;
            _message.Bytes(2, _inner.Written);
            chunkBytes += _chunk.Written.Length;
        }

        EndFrame(frames, query);
        return frames.Written.ToArray();
    }

    private void EndFrame(ProtoWriter frames, int query)
    {
        _inner.Clear();
        _inner.Bytes(1, _message.Written);
        _inner.Varint(2, (ulong)query);
        frames.Raw((ulong)_inner.Written.Length);
        frames.RawBigEndian(Crc32Castagnoli.Of(_inner.Written));
        frames.RawBytes(_inner.Written);
        _message.Clear();
    }
}
