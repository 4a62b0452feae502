namespace Pleiad.Storage;

/// <content>Reading records back, from a disk that may not give them.</content>
public sealed partial class SpoolLog
{
    // A sector that cannot be read stays so, and the record is elsewhere too: a shard does not wait for it for ever.
    private const int ReadTriesMax = 5;
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(10);

    // What a disk gives or does not give at a time.
    private const int SectorBytes = 4096;

    // Reads of a record that failed, without one between them that did not, and when the first of them was.
    private readonly Dictionary<(SpoolPart Part, long At), (int Tries, long Since)> _unread = [];

    /// <summary>What a record of a chain holds.</summary>
    /// <exception cref="CorruptDataException">It is damaged, or could not be read time after time.</exception>
    /// <exception cref="IOException">It cannot be read now, or is not there.</exception>
    public byte[] Read(int shard, long seq)
    {
        SpoolPlace place;
        lock (_gate)
        {
            if (!_chains.TryGetValue(shard, out SpoolChain? chain) || !chain.TryFind(seq, out place))
            {
                throw new IOException($"record {seq} of shard {shard} is not in the spool");
            }
        }

        string path = PathOf(place.Part.Number);
        byte[] bytes = ReadAt(path, place);
        return SpoolFormat.TryReadRecord(bytes, out SpooledRecord found, out _, out _) && found.Seq == seq && found.Shard == shard && found.Hash == place.Entry.Hash
            ? bytes[SpoolFormat.RecordHeadBytes..]
            : throw new CorruptDataException(path, place.At, "a record of the spool that does not check");
    }

    private byte[] ReadAt(string path, in SpoolPlace place)
    {
        var bytes = new byte[SpoolFormat.RecordHeadBytes + place.Length];
        int read;
        try
        {
            using IFile file = _files.OpenRead(path);
            read = file.Read(place.At, bytes);
        }
        catch (IOException e) when (IsLost(place))
        {
            throw new CorruptDataException(path, place.At, $"a record of the spool that could not be read, {ReadTriesMax} times and for {ReadPatience.TotalSeconds} s: {e.Message}");
        }

        lock (_gate)
        {
            _unread.Remove((place.Part, place.At));
        }

        return read == bytes.Length ? bytes : throw new CorruptDataException(path, place.At, "a record of the spool that is cut short");
    }

    // It could not be read just now.
    private bool IsLost(in SpoolPlace place)
    {
        lock (_gate)
        {
            (int tries, long since) = _unread.GetValueOrDefault((place.Part, place.At), (0, _time.GetTimestamp()));
            _unread[(place.Part, place.At)] = (++tries, since);
            return tries >= ReadTriesMax && _time.GetElapsedTime(since) >= ReadPatience;
        }
    }

    // All of a file of which some may not be readable: that is zeros, which are no record. Nothing where nothing can be read.
    private byte[] ReadSalvaging(string path, out bool isWhole)
    {
        try
        {
            isWhole = true;
            return AtomicFile.ReadAll(_files, path);
        }
        catch (IOException e) when (e is not CorruptDataException)
        {
            isWhole = false;
        }

        using IFile file = _files.OpenRead(path);
        if (file.Length > Array.MaxLength)
        {
            throw new CorruptDataException(path, 0, $"a file of {file.Length} bytes is none of ours");
        }

        var bytes = new byte[file.Length];
        IOException? failure = null;
        bool isAny = false;
        for (int at = 0; at < bytes.Length; at += SectorBytes)
        {
            try
            {
                file.Read(at, bytes.AsSpan(at, Math.Min(SectorBytes, bytes.Length - at)));
                isAny = true;
            }
            catch (IOException e)
            {
                // What was read of it before it failed is not trusted.
                bytes.AsSpan(at, Math.Min(SectorBytes, bytes.Length - at)).Clear();
                failure = e;
            }
        }

        return isAny || failure is null ? bytes : throw failure;
    }
}
