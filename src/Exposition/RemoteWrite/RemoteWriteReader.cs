using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Reads one message of remote write 1.0 or 2.0 into batches; no objects per sample, none per known series.</summary>
/// <param name="shards">How series spread.</param>
/// <param name="cache">Series of earlier requests.</param>
/// <param name="seriesMax">Series of the request at most.</param>
/// <param name="latestMs">Later samples are refused: milliseconds since the epoch.</param>
public sealed class RemoteWriteReader(ShardMap shards, SeriesKeyCache cache, int seriesMax, long latestMs)
{
    private const int BucketsMax = 65536;

    // Field numbers of the messages: remote write 1.0 and 2.0 specifications.
    private const int FirstSeries = 1;
    private const int FirstMetadata = 3;
    private const int SecondSeries = 5;

    private readonly RemoteWriteContent _content = new(shards.Count);
    private readonly SymbolTable _symbols = new();
    private readonly LabelBytes _labels = new(cache.Texts);
    private KnownSeries? _previous;
    private int _series;

    /// <summary>Reads a <c>prometheus.WriteRequest</c>.</summary>
    /// <exception cref="PageSyntaxException">The bytes are no such message.</exception>
    /// <exception cref="PageLimitException">It holds too many series.</exception>
    public RemoteWriteContent ReadFirst(ReadOnlySpan<byte> message) => Read(message, second: false);

    /// <summary>Reads an <c>io.prometheus.write.v2.Request</c>.</summary>
    /// <exception cref="PageSyntaxException">The bytes are no such message.</exception>
    /// <exception cref="PageLimitException">It holds too many series.</exception>
    public RemoteWriteContent ReadSecond(ReadOnlySpan<byte> message) => Read(message, second: true);

    private RemoteWriteContent Read(ReadOnlySpan<byte> message, bool second)
    {
        try
        {
            if (second)
            {
                _symbols.Read(message);
            }

            var reader = new WireReader(message, 0, 0);
            while (reader.TryReadField(out int field, out int type))
            {
                if (type == WireReader.Bytes && field == (second ? SecondSeries : FirstSeries))
                {
                    if (++_series > seriesMax)
                    {
                        throw new PageLimitException("series", $"more than {seriesMax} series in one request");
                    }

                    ReadSeries(message, reader.ReadMessage(_series), second);
                }
                else if (type == WireReader.Bytes && field == FirstMetadata && !second)
                {
                    if (MetadataMessage.TryReadFirst(reader.ReadMessage(), out string family, out MetricMetadata said))
                    {
                        _content.Add(family, said);
                    }
                }
                else
                {
                    reader.Skip(type);
                }
            }

            return _content;
        }
        catch
        {
            _content.Dispose();
            throw;
        }
    }

    private void ReadSeries(ReadOnlySpan<byte> message, WireReader reader, bool second)
    {
        string? fault = ReadLabels(message, reader, second, out bool hasRows, out SeriesMetadata metadata);
        KnownSeries? series = null;
        fault ??= FindSeries(out series);
        if (fault is null && second && !hasRows)
        {
            fault = $"TimeSeries must contain at least one sample or histogram for series {series!.Labels}";
        }

        if (fault is not null)
        {
            _content.Refuse(fault);
            return;
        }

        NoteMetadata(message, series!, metadata);
        ReadRows(message, reader, series!, second);
    }

    private void ReadRows(ReadOnlySpan<byte> message, WireReader reader, KnownSeries series, bool second)
    {
        (int histograms, int exemplars) = second ? (3, 4) : (4, 3);
        while (reader.TryReadField(out int field, out int type))
        {
            if (type == WireReader.Bytes && field == 2)
            {
                ReadSample(series, reader.ReadMessage());
            }
            else if (type == WireReader.Bytes && field == exemplars)
            {
                ReadExemplar(message, series, reader.ReadMessage(), second);
            }
            else if (type == WireReader.Bytes && field == histograms)
            {
                ReadHistogram(series, reader.ReadMessage());
            }
            else
            {
                reader.Skip(type);
            }
        }
    }

    private void ReadSample(KnownSeries series, WireReader reader)
    {
        double value = 0;
        long time = 0;
        long start = 0;
        while (reader.TryReadField(out int field, out int type))
        {
            switch (field, type)
            {
                case (1, WireReader.Fixed64): value = reader.ReadDouble(); break;
                case (2, WireReader.Varint): time = (long)reader.ReadVarint(); break;
                case (3, WireReader.Varint): start = (long)reader.ReadVarint(); break;
                default: reader.Skip(type); break;
            }
        }

        if (time > latestMs)
        {
            _content.RefuseAhead(series, time);
        }
        else
        {
            _content.Add(series, time, value, start);
        }
    }

    private void ReadHistogram(KnownSeries series, WireReader reader)
    {
        string? wrong = RemoteHistogram.TryRead(reader, BucketsMax, out NativeHistogram? histogram, out long time, out long start);
        if (wrong is not null)
        {
            _content.Refuse($"{wrong} for series {series.Labels}");
        }
        else if (time > latestMs)
        {
            _content.RefuseAhead(series, time);
        }
        else
        {
            _content.Add(series, time, histogram!, start);
        }
    }

    // Its labels go the same way as those of a series, which are done with by now.
    private void ReadExemplar(ReadOnlySpan<byte> message, KnownSeries series, WireReader reader, bool second)
    {
        _labels.Clear();
        double value = 0;
        long time = 0;
        string? fault = null;
        int references = 0;
        while (reader.TryReadField(out int field, out int type))
        {
            switch (field, type)
            {
                case (1, WireReader.Bytes) or (1, WireReader.Varint): fault = ReadLabelField(message, ref reader, type, second, ref references, fault); break;
                case (2, WireReader.Fixed64): value = reader.ReadDouble(); break;
                case (3, WireReader.Varint): time = (long)reader.ReadVarint(); break;
                default: reader.Skip(type); break;
            }
        }

        Labels labels = Labels.Empty;
        fault = references % 2 != 0 ? $"invalid labelRefs length {references}" : fault ?? _labels.TryMake(out labels);
        if (fault is null)
        {
            _content.Add(series, new Exemplar(labels, value, new Timestamp(time)));
        }
        else
        {
            _content.Refuse($"parsing exemplar for series {series.Labels}: {fault}");
        }
    }

    // Labels first, wherever they stand in the message; the reader is a copy.
    private string? ReadLabels(ReadOnlySpan<byte> message, WireReader reader, bool second, out bool hasRows, out SeriesMetadata metadata)
    {
        _labels.Clear();
        hasRows = false;
        metadata = default;
        string? fault = null;
        int references = 0;
        while (reader.TryReadField(out int field, out int type))
        {
            if (field == 1 && type is (WireReader.Bytes or WireReader.Varint))
            {
                fault = ReadLabelField(message, ref reader, type, second, ref references, fault);
            }
            else if (field == 5 && type == WireReader.Bytes && second)
            {
                metadata = MetadataMessage.ReadSecond(reader.ReadMessage());
            }
            else
            {
                hasRows |= field is 2 || field == (second ? 3 : 4);
                reader.Skip(type);
            }
        }

        return references % 2 != 0 ? $"invalid labelRefs length {references}" : fault ?? FaultOf(metadata);
    }

    // A pair of texts in 1.0; references in 2.0, packed or not.
    private string? ReadLabelField(ReadOnlySpan<byte> message, ref WireReader reader, int type, bool second, ref int references, string? fault)
    {
        if (!second && type == WireReader.Bytes)
        {
            AppendPair(reader.ReadMessage());
        }
        else if (second && type == WireReader.Varint)
        {
            fault = AppendReference(message, reader.ReadVarint(), references++, fault);
        }
        else if (second)
        {
            WireReader packed = reader.ReadMessage();
            while (!packed.AtEnd)
            {
                fault = AppendReference(message, packed.ReadVarint(), references++, fault);
            }
        }
        else
        {
            reader.Skip(type);
        }

        return fault;
    }

    private void AppendPair(WireReader reader)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> value = default;
        while (reader.TryReadField(out int field, out int type))
        {
            switch (field, type)
            {
                case (1, WireReader.Bytes): name = reader.ReadBytes(); break;
                case (2, WireReader.Bytes): value = reader.ReadBytes(); break;
                default: reader.Skip(type); break;
            }
        }

        _labels.Append(name);
        _labels.Append(value);
    }

    private string? AppendReference(ReadOnlySpan<byte> message, ulong reference, int place, string? fault)
    {
        if (!_symbols.TryGet(message, reference, out ReadOnlySpan<byte> symbol))
        {
            return fault ?? $"labelRefs {place} ({(place % 2 == 0 ? "name" : "value")}) = {reference} outside of symbols table (size {_symbols.Count})";
        }

        _labels.Append(symbol);
        return fault;
    }

    private string? FaultOf(SeriesMetadata metadata)
    {
        ulong size = (ulong)_symbols.Count;
        return metadata.Help > 0 && metadata.Help >= size ? $"help_ref {metadata.Help} outside of symbols table (size {size})"
            : metadata.Unit > 0 && metadata.Unit >= size ? $"unit_ref {metadata.Unit} outside of symbols table (size {size})"
            : null;
    }

    private string? FindSeries(out KnownSeries? series)
    {
        series = _previous?.Follower;
        if (series is null || !series.IsKept || !series.IsOf(_labels.Span))
        {
            if (LookUp(out series) is { } fault)
            {
                return fault;
            }

            _previous?.Follower = series;
        }

        _previous = series;
        return null;
    }

    private string? LookUp(out KnownSeries? series)
    {
        ulong hash = XxHash64.Of(_labels.Span);
        series = cache.Find(_labels.Span, hash);
        if (series is not null)
        {
            return null;
        }

        if (_labels.TryMake(out Labels labels) is { } fault)
        {
            return fault;
        }

        if (labels.MetricName.Length == 0)
        {
            return $"invalid metric name or labels, got {labels}";
        }

        series = cache.Add(hash, _labels.Span, labels, shards.Of(labels));
        _content.NoteNew(series);
        return null;
    }

    // A sender says it with every sample; only what differs from the last time becomes text.
    private void NoteMetadata(ReadOnlySpan<byte> message, KnownSeries series, SeriesMetadata metadata)
    {
        if (metadata == default)
        {
            return;
        }

        _symbols.TryGet(message, metadata.Help, out ReadOnlySpan<byte> help);
        _symbols.TryGet(message, metadata.Unit, out ReadOnlySpan<byte> unit);
        ulong hash = (((XxHash64.Of(help) * 31) + XxHash64.Of(unit)) * 31) + metadata.Type + 1;
        if (hash == series.MetadataHash)
        {
            return;
        }

        series.MetadataHash = hash;
        if (MetadataMessage.TryMake("-"u8, metadata.Type, help, unit, out _, out MetricMetadata said))
        {
            _content.Add(MetadataMessage.FamilyOf(series.Labels.MetricName, said.Type), said);
        }
    }
}
