using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>
/// The newest records of one shard as they were applied here, as far back as there is room for them: a journal that has lost records is given them
/// again. Used by the shard's actor alone.
/// </summary>
/// <param name="room">Shared by the shards of a node.</param>
internal sealed class RecentRecords(RecentRoom room)
{
    private readonly List<JournalRecord> _records = [];
    private int _first;

    /// <summary>The record before the first that is here; 0 for none.</summary>
    public long BaseSeq { get; private set; }

    /// <summary>The rolling hash there.</summary>
    public long BaseHash { get; private set; }

    /// <summary>All that are here, in their order.</summary>
    public IReadOnlyList<JournalRecord> All => After(BaseSeq);

    /// <summary>Begins behind a record with none.</summary>
    public void Begin(long seq, long hash)
    {
        Clear();
        (BaseSeq, BaseHash) = (seq, hash);
    }

    /// <summary>Adds the record that was applied last; the oldest go where there is no room.</summary>
    public void Add(JournalRecord record)
    {
        _records.Add(record);
        room.Take(record.Payload.Length);
        while (room.IsOver && _first < _records.Count)
        {
            JournalRecord oldest = _records[_first];
            _records[_first++] = default;
            (BaseSeq, BaseHash) = (oldest.Seq, oldest.Hash);
            room.GiveBack(oldest.Payload.Length);
        }

        if (_first > 64 && _first > _records.Count / 2)
        {
            _records.RemoveRange(0, _first);
            _first = 0;
        }
    }

    /// <summary>The rolling hash at a record; null where that is not here any more, or not yet.</summary>
    public long? HashAt(long seq)
    {
        long index = seq - BaseSeq - 1;
        return index == -1 ? BaseHash : index >= 0 && index < _records.Count - _first ? _records[_first + (int)index].Hash : null;
    }

    /// <summary>The records behind one that <see cref="HashAt"/> knows.</summary>
    public IReadOnlyList<JournalRecord> After(long seq) => _records.GetRange(_first + (int)(seq - BaseSeq), _records.Count - _first - (int)(seq - BaseSeq));

    /// <summary>Lets go of all of them.</summary>
    public void Clear()
    {
        for (; _first < _records.Count; _first++)
        {
            room.GiveBack(_records[_first].Payload.Length);
        }

        _records.Clear();
        _first = 0;
    }
}

/// <summary>Room for the newest records of all shards of a node. Thread-safe.</summary>
/// <param name="bytesMax">Of their payloads.</param>
internal sealed class RecentRoom(long bytesMax)
{
    private long _bytes;

    /// <summary>Whether more is in it than may be.</summary>
    public bool IsOver => Volatile.Read(ref _bytes) > bytesMax;

    /// <summary>A record has come.</summary>
    public void Take(int bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>A record has gone.</summary>
    public void GiveBack(int bytes) => Interlocked.Add(ref _bytes, -bytes);
}
