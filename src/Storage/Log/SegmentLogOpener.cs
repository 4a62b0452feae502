using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace Pleiad.Storage;

/// <summary>What recovery found in a log.</summary>
/// <param name="Segments">Segments read.</param>
/// <param name="Records">Sound records.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="RecordsLost">Records missing because of damage.</param>
/// <param name="DamagedBytes">Bytes that are no sound record, kept aside.</param>
/// <param name="TornBytes">Bytes of an unfinished write cut from the end.</param>
public readonly record struct LogFindings(int Segments, long Records, long Bytes, long RecordsLost, long DamagedBytes, long TornBytes);

/// <summary>
/// Opens a log after a restart: reads every segment once, hands its records on, cuts a torn tail, puts damage aside and
/// refuses a gap that no damage explains.
/// </summary>
internal sealed class SegmentLogOpener(IFiles files, string directory, string quarantine, SegmentLogSettings settings)
{
    private const string Unnoted = ".new";
    private const int ReadBytes = 64 * 1024;
    private readonly List<SegmentFile> _segments = [];
    private readonly List<RecordHead> _heads = [];
    private readonly List<long> _numbers = [];
    private long _expectedLsn;
    private bool _damageSince;
    private long _records;
    private long _bytes;
    private long _lost;
    private long _damagedBytes;
    private long _tornBytes;
    private long _keptAside;

    // Pieces that were put aside for the first time, under a name that they have until the loss is noted.
    private readonly List<string> _new = [];
    private long _firstDamaged;

    // The last segment, and what of it is sound, where it is to be written anew only when losses are noted.
    private (SegmentFile Segment, byte[] Bytes)? _toRewrite;

    /// <summary>What was found so far.</summary>
    public LogFindings Findings => new(_segments.Count, _records, _bytes, _lost, _damagedBytes, _tornBytes);

    /// <summary>Segments there are.</summary>
    public int Total => _numbers.Count;

    /// <summary>Segments read.</summary>
    public int Read { get; private set; }

    /// <summary>Whether damage has been found: only then may a shard's records have a gap.</summary>
    public bool HasLosses => _lost > 0;

    /// <summary>Looks what segments there are.</summary>
    /// <exception cref="CorruptDataException">One in the middle is missing.</exception>
    public void List()
    {
        files.CreateDirectory(directory);
        foreach (string name in files.List(directory))
        {
            if (SegmentFormat.TryNumberOf(name, out long number))
            {
                _numbers.Add(number);
            }
        }

        _numbers.Sort();
        for (int i = 1; i < _numbers.Count; i++)
        {
            if (_numbers[i] != _numbers[i - 1] + 1)
            {
                throw new CorruptDataException(
                    directory, 0, $"segment {SegmentFormat.NameOf(_numbers[i - 1] + 1)} is missing; put it back, or accept the loss by moving the later ones away");
            }
        }
    }

    /// <summary>Reads the next segment; null behind the last.</summary>
    /// <exception cref="CorruptDataException">A gap, or a version this program does not know.</exception>
    public FoundSegment? Next() => Read < _numbers.Count ? ReadSegment(_numbers[Read++]) : null;

    /// <summary>
    /// When all segments are read: notes in the quarantine that records are lost, unless a start before has. Only then what was damaged gets its name there, by which
    /// the next start knows that it was noted; and only then the last segment goes on without what is damaged or unfinished at its end: a start that ends before finds
    /// it again.
    /// </summary>
    /// <param name="nowMs">What time it is.</param>
    /// <returns>Whether it was noted now.</returns>
    /// <exception cref="IOException">It could not be noted, or the segment could not be written.</exception>
    public bool NoteLosses(long nowMs)
    {
        bool isNew = HasLosses && _firstDamaged > 0;
        if (isNew)
        {
            new LossNotes(files, quarantine).NoteRecords(_firstDamaged, nowMs);
        }

        foreach (string path in _new)
        {
            files.Rename(path + Unnoted, path);
        }

        if (_new.Count > 0)
        {
            files.FlushDirectory(quarantine);
        }

        if (_toRewrite is { } last)
        {
            AtomicFile.Write(files, last.Segment.Path, file => file.Append(last.Bytes.AsSpan(0, (int)last.Segment.Length)));
        }

        return isNew;
    }

    /// <summary>The log, when all segments are read.</summary>
    public SegmentLog ToLog()
    {
        Debug.Assert(Read == _numbers.Count, "every segment was read");
        long next = _segments.Count > 0 ? _segments[^1].Number + 1 : _numbers.Count > 0 ? _numbers[^1] : 1;
        var log = new SegmentLog(files, directory, settings, _segments, Math.Max(1, _expectedLsn), next);
        foreach (RecordHead head in _heads)
        {
            log.NoteRecovered(head);
        }

        return log;
    }

    private FoundSegment ReadSegment(long number)
    {
        var segment = new SegmentFile(number, Path.Combine(directory, SegmentFormat.NameOf(number)));
        ReadThrough(segment.Path);
        IMappedBytes mapped = files.Map(segment.Path);
        try
        {
            return ReadSegment(segment, mapped, Read == _numbers.Count);
        }
        catch
        {
            mapped.Dispose();
            throw;
        }
    }

    private FoundSegment ReadSegment(SegmentFile segment, IMappedBytes mapped, bool isLast)
    {
        ReadOnlySpan<byte> bytes = mapped.Bytes;
        _bytes += bytes.Length;
        bool hasHead = SegmentFormat.TryReadHead(segment.Path, bytes, out long headNumber, out long firstLsn) && headNumber == segment.Number;
        SegmentScan scan = SegmentScan.Of(bytes, Math.Min(SegmentFormat.HeadBytes, bytes.Length));
        if (!hasHead)
        {
            if (isLast && scan.Records.Count == 0)
            {
                // The process ended while it made the file.
                DiscardUnborn(segment, mapped);
                return new FoundSegment(mapped, []);
            }

            _damageSince = true;
            _damagedBytes += SegmentFormat.HeadBytes;
            KeepAside(segment, bytes, 0, Math.Min(bytes.Length, SegmentFormat.HeadBytes));
        }
        else
        {
            Expect(segment, 0, firstLsn);
        }

        int damage = 0;
        foreach (FoundRecord record in scan.Records)
        {
            while (damage < scan.Damaged.Count && scan.Damaged[damage].End <= record.Start)
            {
                (int start, int end) = scan.Damaged[damage++];
                _damageSince = true;
                _damagedBytes += end - start;
                KeepAside(segment, bytes, start, end);
            }

            Expect(segment, record.Start, record.Head.Lsn);
            _expectedLsn = record.Head.Lsn + 1;
            segment.Note(record.Head.Shard, record.Head.Seq);
            NoteHead(record.Head);
        }

        segment.Length = scan.SoundEnd;
        EndOfSegment(segment, bytes, scan.SoundEnd, isLast);
        _records += scan.Records.Count;
        _segments.Add(segment);
        return !isLast ? new FoundSegment(mapped, scan.Records)
            : HasLosses || _new.Count > 0 ? Held(segment, mapped, scan)
            : Rewritten(segment, mapped, scan);
    }

    // What the device cannot give is a failure here; of what is mapped it would be the end of the process. One that gives it now and fails before it is replayed, where the system has taken the
    // pages back meanwhile, ends the process all the same, as with blocks.
    private void ReadThrough(string path)
    {
        using IFile file = files.OpenRead(path);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            for (long at = 0; at < file.Length;)
            {
                int read = file.Read(at, buffer);
                if (read == 0)
                {
                    break;
                }

                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // What is read back of the last segment may never have reached the device (a flush failed, the process was ended before one), and from now on it is answered
    // from: so it is written anew, not flushed a second time. What is applied is the copy: of the file before, the system may let go of what the device never had.
    // Nothing is lost with it, so it need not wait for a note.
    private FoundSegment Rewritten(SegmentFile segment, IMappedBytes mapped, SegmentScan scan)
    {
        AtomicFile.Write(files, segment.Path, file =>
        {
            file.Append(mapped.Bytes[..(int)segment.Length]);

            // There are systems that give no file the name of one that is mapped.
            mapped.Dispose();
        });
        return AsFound(segment, files.Map(segment.Path), scan);
    }

    // The same where it does have to wait: until then what is applied, and will be written, is held in memory.
    private FoundSegment Held(SegmentFile segment, IMappedBytes mapped, SegmentScan scan)
    {
        byte[] bytes = mapped.Bytes.ToArray();
        mapped.Dispose();
        _toRewrite = (segment, bytes);
        return AsFound(segment, new BytesInMemory(bytes), scan);
    }

    private static FoundSegment AsFound(SegmentFile segment, IMappedBytes bytes, SegmentScan scan)
    {
        List<FoundRecord> records = SegmentScan.Of(bytes.Bytes, SegmentFormat.HeadBytes).Records;
        if (records.SequenceEqual(scan.Records))
        {
            return new FoundSegment(bytes, records);
        }

        bytes.Dispose();
        throw new CorruptDataException(segment.Path, 0, "the segment does not read back as it was");
    }

    private void EndOfSegment(SegmentFile segment, ReadOnlySpan<byte> bytes, int soundEnd, bool isLast)
    {
        int rest = bytes.Length - soundEnd;
        if (rest > 0 && !isLast)
        {
            // A segment is only left behind whole, so this is damage; the next head says how many records it held.
            _damageSince = true;
            _damagedBytes += rest;
            KeepAside(segment, bytes, soundEnd, bytes.Length);
            segment.Length = bytes.Length;
            return;
        }

        // An unfinished write leaves part of a record. A record that is all there and does not check may have been acknowledged.
        if (rest > 0 && IsWholeRecord(bytes[soundEnd..]))
        {
            _lost++;
            _damagedBytes += rest;
            StorageMetrics.Quarantined.Add(1);
            KeepAside(segment, bytes, soundEnd, bytes.Length);
        }
        else if (rest > 0)
        {
            _tornBytes += rest;
            StorageMetrics.TornBytes.Add(rest);
        }
    }

    private static bool IsWholeRecord(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < SegmentFormat.RecordHeadBytes)
        {
            return false;
        }

        int payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        return payload >= 0 && payload <= bytes.Length - SegmentFormat.RecordHeadBytes && bytes.ContainsAnyExcept((byte)0);
    }

    private void DiscardUnborn(SegmentFile segment, IMappedBytes mapped)
    {
        int length = mapped.Bytes.Length;
        mapped.Dispose();
        _tornBytes += length;
        StorageMetrics.TornBytes.Add(length);
        files.Delete(segment.Path);
        files.FlushDirectory(directory);
    }

    private void Expect(SegmentFile segment, long at, long lsn)
    {
        if (_expectedLsn == 0 || lsn == _expectedLsn)
        {
            _expectedLsn = lsn;
            if (_expectedLsn == lsn)
            {
                _damageSince = false;
            }

            return;
        }

        if (lsn < _expectedLsn || !_damageSince)
        {
            throw new CorruptDataException(
                segment.Path,
                at,
                string.Create(CultureInfo.InvariantCulture, $"record {lsn} follows record {_expectedLsn - 1}: what lay between them is missing, and no damage explains it"));
        }

        _lost += lsn - _expectedLsn;
        StorageMetrics.Quarantined.Add(lsn - _expectedLsn);
        _expectedLsn = lsn;
        _damageSince = false;
    }

    private void NoteHead(in RecordHead head)
    {
        // Only the newest of each shard matters in the end.
        int shard = head.Shard;
        int at = _heads.FindIndex(known => known.Shard == shard);
        if (at < 0)
        {
            _heads.Add(head);
        }
        else
        {
            _heads[at] = head;
        }
    }

    private void KeepAside(SegmentFile segment, ReadOnlySpan<byte> bytes, int start, int end)
    {
        StorageMetrics.QuarantinedBytes.Add(end - start);
        string path = Path.Combine(
            quarantine, string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(segment.Path)}-{start:D10}.bin"));
        bool isKept = _keptAside + (end - start) <= settings.QuarantineBytesMax;
        _keptAside += isKept ? end - start : 0;
        if (files.Exists(path))
        {
            // As long as the segment is there, each start finds it again.
            return;
        }

        _firstDamaged = _firstDamaged == 0 ? segment.Number : _firstDamaged;
        files.CreateDirectory(quarantine);
        using IFile aside = files.Create(path + Unnoted);

        // An empty one is known by its name too.
        aside.Append(bytes.Slice(start, isKept ? end - start : 0));
        aside.Flush();
        _new.Add(path);
    }
}

/// <summary>A segment as it was read; whoever has it lets go of the bytes.</summary>
/// <param name="Bytes">All of it, mapped where that is safe: a start needs its memory for series.</param>
/// <param name="Records">Its sound records.</param>
internal readonly record struct FoundSegment(IMappedBytes Bytes, List<FoundRecord> Records)
{
    /// <summary>What a record holds.</summary>
    public ReadOnlySpan<byte> PayloadOf(in FoundRecord record) => Bytes.Bytes.Slice(record.Start, record.Length);
}
