using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pleiad.Exposition;

/// <content>The texts: their bytes in one array, a place for each number, and a table that finds a number by its text. What is given up is given back.</content>
public sealed partial class PageMemory
{
    private int Add(ReadOnlySpan<byte> text, uint hash, Kind kind, byte datum, int tableAt)
    {
        if (_arenaUsed - _arenaGone + text.Length > _limits.MemoryBytesMax)
        {
            throw new PageLimitException(
                nameof(PageLimits.MemoryBytesMax), $"the series texts of the page are longer than {_limits.MemoryBytesMax} bytes together");
        }

        if (_arenaUsed + text.Length > _arena.Length)
        {
            Array.Resize(ref _arena, (int)Math.Max(_arenaUsed + (long)text.Length, Math.Clamp(_arena.Length * 3L / 2, 1024, Array.MaxLength)));
        }

        int id = _firstFree;
        if (id != None)
        {
            _firstFree = _entries[id].Position;
        }
        else
        {
            if (_entryCount == _entries.Length)
            {
                Array.Resize(ref _entries, Math.Max(64, _entryCount * 3 / 2));
            }

            id = _entryCount++;
        }

        text.CopyTo(_arena.AsSpan(_arenaUsed));
        _entries[id] = new Entry { Offset = _arenaUsed, Length = text.Length, Hash = hash, Kind = kind, Datum = datum };
        _arenaUsed += text.Length;
        _grew = true;
        _table[tableAt] = id + 1;
        _live++;
        _born.Add(id);
        Append(id);
        if (_live > _table.Length * 2 / 3)
        {
            Rehash(_table.Length * 2);
        }

        return id;
    }

    private void Free(int id)
    {
        ref Entry entry = ref _entries[id];
        Unlink(id, entry.Hash);
        _arenaGone += entry.Length;
        entry = new Entry { Page = None, Position = _firstFree };
        _firstFree = id;
        _live--;
    }

    // Removal from an open-addressing table with linear probing: later members of the run move back (Knuth, TAOCP 3, 6.4 R).
    private void Unlink(int id, uint hash)
    {
        int mask = _table.Length - 1;
        int at = (int)hash & mask;
        while (_table[at] != id + 1)
        {
            at = (at + 1) & mask;
        }

        int hole = at;
        while (true)
        {
            at = (at + 1) & mask;
            if (_table[at] == 0)
            {
                break;
            }

            int home = (int)_entries[_table[at] - 1].Hash & mask;
            if (((at - home) & mask) >= ((at - hole) & mask))
            {
                _table[hole] = _table[at];
                hole = at;
            }
        }

        _table[hole] = 0;
    }

    private void Rehash(int size)
    {
        int[] old = _table;
        _table = new int[size];
        int mask = size - 1;
        foreach (int reference in old)
        {
            if (reference == 0)
            {
                continue;
            }

            int at = (int)_entries[reference - 1].Hash & mask;
            while (_table[at] != 0)
            {
                at = (at + 1) & mask;
            }

            _table[at] = reference;
        }
    }

    // After a page that was refused for its size: what it took is given back, not kept for the next such page.
    private void TrimEntries()
    {
        if (_entryCount < 1024 || _entryCount < _entryCountAtBegin * 2)
        {
            return;
        }

        _entryCount = _entryCountAtBegin;
        Array.Resize(ref _entries, _entryCount);
        _born.TrimExcess();
        _firstFree = None;
        for (int id = 0; id < _entryCount; id++)
        {
            ref Entry entry = ref _entries[id];
            if (entry.Page == None)
            {
                entry.Position = _firstFree;
                _firstFree = id;
            }
        }

        int size = 256;
        while (_live > size / 2)
        {
            size *= 2;
        }

        Rehash(size);
    }

    // A page that was like the one before: what was room to grow is given back.
    private void TrimGrowth()
    {
        _grew = false;
        Array.Resize(ref _arena, _arenaUsed);
        Array.Resize(ref _entries, _entryCount);
        Array.Resize(ref _order, _orderCount);
        _next = [];
        _born.TrimExcess();
        _gone.TrimExcess();
    }

    // Replicas of one program serve the same texts. From here on nobody writes to these arrays.
    private void Share()
    {
        if (_live == 0)
        {
            return;
        }

        Array.Resize(ref _order, _orderCount);
        foreach (ref Entry entry in _entries.AsSpan())
        {
            // Which page had it last is known of each target for itself, and only while its page changes.
            entry.Page = entry.Page == None ? None : 0;
        }

        _shared = _settled.Share(new SettledPage(_arena, _entries, _order, _table));
        (_arena, _entries, _order, _table) = (_shared.Texts, _shared.Entries, _shared.Order, _shared.Table);
    }

    private void StopSharing()
    {
        _alike = 0;
        if (_shared is null)
        {
            return;
        }

        _shared = null;
        _arena = [.. _arena];
        _entries = [.. _entries];
        _order = [.. _order];
        _table = [.. _table];
    }

    private void CompactIfWasteful()
    {
        if (_arenaGone < 4096 || _arenaGone < _arenaUsed / 2)
        {
            return;
        }

        StopSharing();
        byte[] packed = new byte[_arenaUsed - _arenaGone];
        int used = 0;
        foreach (int reference in _table)
        {
            if (reference == 0)
            {
                continue;
            }

            ref Entry entry = ref _entries[reference - 1];
            _arena.AsSpan(entry.Offset, entry.Length).CopyTo(packed.AsSpan(used));
            entry.Offset = used;
            used += entry.Length;
        }

        _arena = packed;
        _arenaUsed = used;
        _arenaGone = 0;
        if (_live == 0)
        {
            _entries = [];
            _entryCount = 0;
            _firstFree = None;
            _table = [];
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Entry
    {
        internal int Offset;
        internal int Length;

        // Place in the order; for a free number the next free one.
        internal int Position;

        // The page that had it last; only kept while the order changes. None for a free number.
        internal int Page;
        internal uint Hash;
        internal Kind Kind;
        internal byte Datum;
    }

    // A text without an end of its own may be the beginning of a longer one: temp1 of temp10, a comment that was the page's last line.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool EndsAt(ReadOnlySpan<byte> rest, int length, Kind kind)
    {
        if (rest.Length == length)
        {
            return true;
        }

        return kind == Kind.Series
            ? rest[length - 1] == (byte)'}' || !SeriesText.IsNameByte(rest[length])
            : rest[length - 1] == (byte)'\n';
    }
}
