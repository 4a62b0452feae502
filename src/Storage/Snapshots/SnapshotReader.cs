using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Reads the files of a snapshot into an empty shard. Everything is checked before it is used.</summary>
internal static class SnapshotReader
{
    /// <summary>Reads a file that was written just now, and checks all of it.</summary>
    /// <returns>Bytes of it.</returns>
    /// <exception cref="IOException">It cannot be read, or is not what was written.</exception>
    public static long ReadBack(IFiles files, string path, SnapshotFormat.Kind kind, int shard, long number)
    {
        byte[] bytes = AtomicFile.ReadAll(files, path);
        Verify(path, bytes, kind, shard, number);
        return bytes.Length;
    }

    /// <summary>Whether a file is whole: its head, every record, and the end.</summary>
    /// <exception cref="CorruptDataException">It is not, or a later version wrote it.</exception>
    public static void Verify(string path, ReadOnlySpan<byte> bytes, SnapshotFormat.Kind kind, int shard, long number)
    {
        SnapshotFormat.CheckHead(path, bytes, kind, shard, number);
        SegmentScan scan = SegmentScan.Of(bytes, SnapshotFormat.HeadBytes);
        if (scan.Damaged.Count > 0 || scan.SoundEnd != bytes.Length)
        {
            throw new CorruptDataException(path, scan.Damaged.Count > 0 ? scan.Damaged[0].Start : scan.SoundEnd, "a record is damaged");
        }

        if (scan.Records.Count == 0 || scan.Records[^1].Head.Epoch != (long)SnapshotFormat.Frame.End)
        {
            throw new CorruptDataException(path, scan.SoundEnd, "the file has no end");
        }

        for (int i = 0; i < scan.Records.Count; i++)
        {
            RecordHead head = scan.Records[i].Head;
            if (head.Lsn != i || head.Shard != shard || head.Seq != number)
            {
                throw new CorruptDataException(path, scan.Records[i].Start, "a record belongs somewhere else");
            }
        }
    }

    /// <summary>Whether the first bytes of a file are what they should be.</summary>
    public static bool HasSoundHead(string path, ReadOnlySpan<byte> bytes, SnapshotFormat.Kind kind, int shard, long number)
    {
        try
        {
            SnapshotFormat.CheckHead(path, bytes, kind, shard, number);
            return true;
        }
        catch (CorruptDataException)
        {
            return false;
        }
    }

    /// <summary>Reads a verified head file into an empty shard.</summary>
    /// <returns>The chunk files that belong to it, oldest first.</returns>
    public static List<ChunkFile> ReadHead(string path, ReadOnlySpan<byte> bytes, Shard shard)
    {
        var files = new List<ChunkFile>();
        foreach (FoundRecord record in SegmentScan.Of(bytes, SnapshotFormat.HeadBytes).Records)
        {
            ReadOnlySpan<byte> frame = bytes.Slice(record.Start, record.Length);
            try
            {
                switch ((SnapshotFormat.Frame)record.Head.Epoch)
                {
                    case SnapshotFormat.Frame.State:
                        ReadState(frame, shard, bytes.Length, files);
                        break;
                    case SnapshotFormat.Frame.Series:
                        ReadSeries(frame, shard);
                        break;
                    case SnapshotFormat.Frame.Deleted:
                        ReadDeleted(frame, shard);
                        break;
                    case SnapshotFormat.Frame.Late:
                        ReadLate(frame, shard);
                        break;
                }
            }
            catch (FormatException e)
            {
                throw new CorruptDataException(path, record.Start, e.Message);
            }
        }

        return files;
    }

    /// <summary>What a verified head file says of itself.</summary>
    public static (long Seq, List<ChunkFile> Chunks) ReadState(string path, ReadOnlySpan<byte> bytes)
    {
        FoundRecord record = SegmentScan.Of(bytes, SnapshotFormat.HeadBytes).Records[0];
        if (record.Head.Epoch != (long)SnapshotFormat.Frame.State)
        {
            throw new CorruptDataException(path, record.Start, "the first record is not the state");
        }

        var files = new List<ChunkFile>();
        try
        {
            var reader = new ByteReader(bytes.Slice(record.Start, record.Length));
            long seq = reader.Zigzag();
            reader.Zigzag();
            reader.Zigzag();
            ReadChunkFiles(ref reader, files);
            return (seq, files);
        }
        catch (FormatException e)
        {
            throw new CorruptDataException(path, record.Start, e.Message);
        }
    }

    /// <summary>Attaches the chunks of a file; damaged records are passed over.</summary>
    /// <returns>Records that could not be read.</returns>
    public static int ReadChunks(string path, ReadOnlySpan<byte> bytes, Shard shard)
    {
        SegmentScan scan = SegmentScan.Of(bytes, Math.Min(SnapshotFormat.HeadBytes, bytes.Length));
        long next = 0;
        long lost = 0;
        bool ends = false;
        foreach (FoundRecord record in scan.Records)
        {
            lost += Math.Max(0, record.Head.Lsn - next);
            next = record.Head.Lsn + 1;
            if (record.Head.Epoch == (long)SnapshotFormat.Frame.End)
            {
                ends = true;
            }
            else if (record.Head.Epoch == (long)SnapshotFormat.Frame.Chunks)
            {
                try
                {
                    ReadChunkFrame(bytes.Slice(record.Start, record.Length), shard);
                }
                catch (FormatException e)
                {
                    throw new CorruptDataException(path, record.Start, e.Message);
                }
            }
        }

        return (int)lost + (ends ? 0 : 1);
    }

    private static void ReadState(ReadOnlySpan<byte> frame, Shard shard, long headBytes, List<ChunkFile> files)
    {
        var reader = new ByteReader(frame);
        (long seq, long acceptFrom, long newestTime) = (reader.Zigzag(), reader.Zigzag(), reader.Zigzag());
        ReadChunkFiles(ref reader, files);

        // Version 3 and later.
        shard.RestoreState(seq, acceptFrom, newestTime, headBytes, reader.Left > 0 ? (long)reader.UInt64() : 0);
    }

    private static void ReadChunkFiles(ref ByteReader reader, List<ChunkFile> files)
    {
        int count = reader.Count(int.MaxValue, 3);
        for (int i = 0; i < count; i++)
        {
            files.Add(new ChunkFile((long)reader.Varint(), (long)reader.Varint(), reader.Zigzag()));
        }
    }

    private static void ReadDeleted(ReadOnlySpan<byte> frame, Shard shard)
    {
        var reader = new ByteReader(frame);
        while (reader.Left > 0)
        {
            int slot = reader.Count(SeriesTable.SlotsMax - 1, 0);
            int count = reader.Count(int.MaxValue, 2);
            TimeSpans? spans = null;
            for (int i = 0; i < count; i++)
            {
                (long from, long through) = (reader.Zigzag(), reader.Zigzag());
                spans = spans is null ? new TimeSpans(from, through) : spans.With(from, through);
            }

            shard.RestoreDeletions(slot, spans ?? throw new FormatException("nothing is deleted of a series"));
        }
    }

    private static void ReadLate(ReadOnlySpan<byte> frame, Shard shard)
    {
        var reader = new ByteReader(frame);
        while (reader.Left > 0)
        {
            int slot = reader.Count(SeriesTable.SlotsMax - 1, 0);
            int count = reader.Count(int.MaxValue, 3);
            var times = new long[count];
            var samples = new LateSample[count];
            long time = 0;
            for (int i = 0; i < count; i++)
            {
                time = unchecked(time + reader.Zigzag());
                long start = reader.Zigzag();
                int length = reader.Count(BatchRecord.HistogramBytesMax);
                byte[]? histogram = length == 0 ? null : reader.Bytes(length).ToArray();
                times[i] = time;
                samples[i] = new LateSample(histogram is null ? reader.UInt64() : XxHash64.Of(histogram), start, histogram);
            }

            shard.RestoreLate(slot, new LateSamples(times, samples));
        }
    }

    private static void ReadSeries(ReadOnlySpan<byte> frame, Shard shard)
    {
        var reader = new ByteReader(frame);
        var texts = new string[reader.Count(int.MaxValue)];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.Text(BatchRecord.TextBytesMax);
        }

        int count = reader.Count(SnapshotFormat.FrameSeries);
        long slot = 0;
        for (int i = 0; i < count; i++)
        {
            slot += reader.Zigzag();
            if (slot is < 0 or >= SeriesTable.SlotsMax)
            {
                throw new FormatException($"there is no series {slot}");
            }

            var generation = (int)reader.Varint();
            Labels labels = BatchRecordReader.ReadLabels(ref reader, texts);
            var encoding = (ChunkEncoding)reader.Byte();
            if (encoding == ChunkEncoding.None)
            {
                var last = new SavedTail(encoding, 0, 0, reader.Zigzag(), reader.UInt64());
                shard.RestoreSeries(new SeriesDefinition((int)slot, generation, labels), last, []);
                continue;
            }

            int samples = reader.Count(ChunkDecoder.SamplesMax, 0);
            long firstTime = reader.Zigzag();
            ReadOnlySpan<byte> open = reader.Bytes(reader.Count(int.MaxValue));
            shard.RestoreSeries(
                new SeriesDefinition((int)slot, generation, labels),
                new SavedTail(encoding, samples, firstTime, SeriesSlot.NoTime, 0),
                open);
        }
    }

    private static void ReadChunkFrame(ReadOnlySpan<byte> frame, Shard shard)
    {
        var reader = new ByteReader(frame);
        while (reader.Left > 0)
        {
            int slot = reader.Count(SeriesTable.SlotsMax - 1, 0);
            var generation = (int)reader.Varint();
            var encoding = (ChunkEncoding)reader.Byte();
            int count = reader.Count(ushort.MaxValue, 0);
            long firstTime = reader.Zigzag();
            long lastTime = unchecked(firstTime + (long)reader.Varint());
            ReadOnlySpan<byte> bytes = reader.Bytes(reader.Count(int.MaxValue));
            shard.RestoreChunk(slot, generation, bytes, firstTime, lastTime, (ushort)count, encoding);
        }
    }
}
