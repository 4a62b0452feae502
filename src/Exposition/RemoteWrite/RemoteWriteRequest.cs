using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Writes the body of a remote write request, 1.0 or 2.0. Reused from request to request; not thread-safe.</summary>
/// <param name="version">Which message.</param>
/// <remarks>Remote-Write 1.0 and 2.0 specifications.</remarks>
public sealed class RemoteWriteRequest(RemoteWriteVersion version)
{
    private readonly ProtoWriter _body = new();
    private readonly ProtoWriter _symbolFields = new();
    private readonly ProtoWriter _series = new();
    private readonly ProtoWriter _inner = new();
    private readonly ProtoWriter _packed = new();
    private readonly HistogramMessage _histogram = new();
    private readonly Dictionary<string, int> _symbols = new(StringComparer.Ordinal);

    /// <summary>Which message.</summary>
    public RemoteWriteVersion Version => version;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _body.Clear();
        _symbolFields.Clear();
        _symbols.Clear();
        if (version == RemoteWriteVersion.Second)
        {
            // The first symbol is the empty text: the reference of what is not there.
            SymbolOf(string.Empty);
        }
    }

    /// <summary>Adds a time series with rows of one series, in the order of their times.</summary>
    /// <param name="rows">At least one, all of the same series.</param>
    /// <param name="said">What is known of its metric; 2.0 has a place for it, 1.0 none.</param>
    public void Add(ReadOnlySpan<OutgoingSample> rows, MetricMetadata? said = null)
    {
        _series.Clear();
        if (version == RemoteWriteVersion.First)
        {
            _series.RawBytes(rows[0].Series.LabelFields);
        }
        else
        {
            WriteReferences(_series, rows[0].Series.Labels);
        }

        foreach (ref readonly OutgoingSample row in rows)
        {
            WriteRow(row);
        }

        if (version == RemoteWriteVersion.Second && said is { } metadata)
        {
            _inner.Clear();
            _inner.Varint(1, MetadataMessage.NumberOf(metadata.Type));
            _inner.Varint(3, (ulong)SymbolOf(metadata.Help));
            _inner.Varint(4, (ulong)SymbolOf(metadata.Unit));
            _series.Bytes(5, _inner.Written);
        }

        _body.Bytes(version == RemoteWriteVersion.First ? 1 : 5, _series.Written);
    }

    /// <summary>Adds what is said of a metric family, which 1.0 sends in requests of its own.</summary>
    /// <exception cref="InvalidOperationException">2.0 sends it with the series.</exception>
    public void Add(string family, MetricMetadata said)
    {
        if (version != RemoteWriteVersion.First)
        {
            throw new InvalidOperationException("remote write 2.0 has metadata beside its series only");
        }

        _inner.Clear();
        _inner.Varint(1, MetadataMessage.NumberOf(said.Type));
        _inner.Text(2, family);
        _inner.Text(4, said.Help);
        _inner.Text(5, said.Unit);
        _body.Bytes(3, _inner.Written);
    }

    /// <summary>The request as it goes over the wire: the message as a block of snappy.</summary>
    public byte[] ToBody()
    {
        _symbolFields.RawBytes(_body.Written);
        byte[] body = SnappyBlock.Encode(_symbolFields.Written);
        _symbolFields.Clear();
        return body;
    }

    // Exemplars and histograms have changed places between the versions.
    private void WriteRow(in OutgoingSample row)
    {
        bool first = version == RemoteWriteVersion.First;
        _inner.Clear();
        if (row.Exemplar is { } exemplar)
        {
            WriteExemplar(exemplar, row.TimeMs);
            _series.Bytes(first ? 3 : 4, _inner.Written);
        }
        else if (row.Histogram is { } histogram)
        {
            _histogram.Write(_inner, histogram, row.TimeMs, first ? 0 : row.StartMs);
            _series.Bytes(first ? 4 : 3, _inner.Written);
        }
        else
        {
            _inner.Double(1, row.Value);
            _inner.Varint(2, (ulong)row.TimeMs);
            if (!first)
            {
                _inner.Varint(3, (ulong)row.StartMs);
            }

            _series.Bytes(2, _inner.Written);
        }
    }

    private void WriteExemplar(Exemplar exemplar, long timeMs)
    {
        if (version == RemoteWriteVersion.Second)
        {
            WriteReferences(_inner, exemplar.Labels);
        }
        else
        {
            _inner.Labels(1, exemplar.Labels, _packed);
        }

        _inner.Double(2, exemplar.Value);
        _inner.Varint(3, (ulong)timeMs);
    }

    private void WriteReferences(ProtoWriter to, Labels labels)
    {
        _packed.Clear();
        foreach (Label label in labels)
        {
            _packed.Raw((ulong)SymbolOf(label.Name));
            _packed.Raw((ulong)SymbolOf(label.Value));
        }

        to.Bytes(1, _packed.Written);
    }

    private int SymbolOf(string text)
    {
        if (!_symbols.TryGetValue(text, out int place))
        {
            place = _symbols.Count;
            _symbols.Add(text, place);
            _symbolFields.Text(4, text);
        }

        return place;
    }
}
