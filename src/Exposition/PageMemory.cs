using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// What is known of a target's last page: every series text and comment line, in order. A page repeats the last one, so the parser
/// expects the next text of this list, confirms it by comparing bytes, and looks it up by hash only where that fails.
/// One for each target; not thread-safe.
/// </summary>
/// <remarks>
/// A known text costs its bytes (one array for all of them), 24 bytes for its place, and about 10 in the hash table and the order; targets whose pages have the
/// same texts in the same order hold them together (<see cref="SettledPages"/>).
/// A page is taken over by <see cref="Commit"/> or forgotten by <see cref="Abort"/>. Benchmark: PageParsingBench.
/// </remarks>
public sealed partial class PageMemory
{
    private const int None = -1;

    // Far more than chance makes: a page chosen so that its texts share places in the table is refused, not searched for minutes.
    private const int ProbesMax = 4096;

    // A page that changes now and then would be copied each time it does.
    private const int AlikeUntilShared = 8;

    private readonly SettledPages _settled;
    private PageMemory? _derived;
    private byte[] _arena = [];
    private int _arenaUsed;
    private int _arenaGone;
    private Entry[] _entries = [];
    private int _entryCount;
    private int _firstFree = None;
    private int[] _table = [];
    private int _live;

    private int[] _order = [];
    private int _orderCount;
    private int[] _next = [];
    private int _nextCount;
    private int _cursor;

    // Up to here the order is what the page at hand is expected to follow: nothing of it where the page is of another format.
    private int _expectedEnd;
    private bool _changed;
    private bool _grew;

    // Pages since the last change, and what all of them were, once others may have the same arrays.
    private int _alike;
    private SettledPage? _shared;
    private int _page;
    private readonly List<int> _born = [];
    private readonly List<int> _gone = [];
    private int _linesRemembered;
    private PageFormat _format;
    private PageFormat _formatAtHand;
    private PageLimits _limits = PageLimits.Default;
    private bool _open;
    private bool _closed;
    private int _entryCountAtBegin;

    /// <summary>Of a target whose page nobody has seen yet.</summary>
    public PageMemory()
        : this(SettledPages.Process)
    {
    }

    internal PageMemory(SettledPages settled) => _settled = settled;

    /// <summary>What stands in a line.</summary>
    internal enum Kind : byte
    {
        /// <summary>A series text, value excluded.</summary>
        Series,

        /// <summary>A comment or blank line that changes nothing.</summary>
        Line,

        /// <summary>A HELP line.</summary>
        Help,

        /// <summary>A TYPE line; the datum is the <see cref="MetricType"/>.</summary>
        Type,

        /// <summary>A UNIT line.</summary>
        Unit,
    }

    /// <summary>The numbers of texts that were on the page before and are not on the one committed last; free for other texts from the next page on.</summary>
    public ReadOnlySpan<int> Gone => CollectionsMarshal.AsSpan(_gone);

    /// <summary>Numbers given so far are below this.</summary>
    public int IdsEnd => _entryCount;

    /// <summary>Texts known, comment lines included.</summary>
    public int Count => _live;

    /// <summary>Bytes held, about.</summary>
    public long BytesHeld =>
        _arena.Length + (Unsafe.SizeOf<Entry>() * (long)_entries.Length) + (sizeof(int) * (long)(_table.Length + _order.Length + _next.Length))
        + (_derived?.BytesHeld ?? 0);

    /// <summary>The texts of samples that were derived from several lines, with numbers of their own.</summary>
    public PageMemory Derived => _derived ??= new PageMemory(_settled);

    /// <summary>Takes the page over: from now on it is the last one.</summary>
    public void Commit()
    {
        Debug.Assert(_open, "a page was begun");
        _open = false;
        _format = _formatAtHand;
        _gone.Clear();
        if (!_changed && _cursor == _orderCount)
        {
            _born.Clear();
            if (_grew)
            {
                TrimGrowth();
            }

            if (_alike < AlikeUntilShared && ++_alike == AlikeUntilShared)
            {
                Share();
            }

            _derived?.CommitIfOpen();
            return;
        }

        BeginChange();
        for (int i = 0; i < _orderCount; i++)
        {
            int id = _order[i];
            ref Entry entry = ref _entries[id];
            if (entry.Page != _page && entry.Page != None)
            {
                entry.Page = None; // a text that stood on the page twice goes once
                _gone.Add(id);
            }
        }

        (_order, _next) = (_next, _order);
        _orderCount = _nextCount;
        _nextCount = 0;
        if (_next.Length > 1024)
        {
            _next = []; // layouts change seldom: the second list is not kept
        }

        foreach (int id in _gone)
        {
            Free(id);
        }

        _born.Clear();
        _changed = false;
        CompactIfWasteful();
        _derived?.CommitIfOpen();
    }

    /// <summary>Forgets the page: the one before stays the last one, and texts first seen on this one are unknown again.</summary>
    public void Abort()
    {
        if (!_open)
        {
            return;
        }

        _open = false;
        _gone.Clear();
        foreach (int id in _born)
        {
            Free(id);
        }

        _born.Clear();
        TrimEntries();
        if (_changed)
        {
            for (int i = 0; i < _orderCount; i++)
            {
                _entries[_order[i]].Position = i;
            }

            _next = [];
            _nextCount = 0;
            _changed = false;
        }

        CompactIfWasteful();
        _derived?.Abort();
    }

    /// <summary>
    /// Keeps no new texts for the rest of this page, because it will be refused anyway and is only counted to its end.
    /// New samples then have the number -1.
    /// </summary>
    public void KeepNoMore()
    {
        _closed = true;
        _derived?.KeepNoMore();
    }

    /// <summary>What the last page says of its metric families, by name.</summary>
    public Dictionary<string, MetricMetadata> ReadMetadata()
    {
        var families = new Dictionary<string, MetricMetadata>(StringComparer.Ordinal);
        for (int i = 0; i < _orderCount; i++)
        {
            ref Entry entry = ref _entries[_order[i]];
            if (entry.Kind < Kind.Help)
            {
                continue;
            }

            MetadataLine line = MetadataLine.Read(TextOf(_order[i]), _format);
            string family = LabelStrings.Of(line.Family);
            families.TryGetValue(family, out MetricMetadata known);
            known = new MetricMetadata(known.Type, known.Help ?? string.Empty, known.Unit ?? string.Empty);
            families[family] = entry.Kind switch
            {
                Kind.Help => known with { Help = line.ReadText() },
                Kind.Type => known with { Type = (MetricType)entry.Datum },
                _ => known with { Unit = line.ReadText() },
            };
        }

        return families;
    }

    internal void Begin(PageFormat format, PageLimits limits)
    {
        Abort();
        _formatAtHand = format;
        _limits = limits;
        _gone.Clear();
        _cursor = 0;

        // What one grammar allows another refuses: a text is known again only once it was read by the grammar of its page.
        _expectedEnd = format == _format ? _orderCount : 0;
        _page++;
        _linesRemembered = 0;
        _entryCountAtBegin = _entryCount;
        _closed = false;
        _open = true;
    }

    /// <summary>Whether the text expected next is what the page goes on with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryExpected(ReadOnlySpan<byte> rest, out int id, out int length)
    {
        if ((uint)_cursor < (uint)_expectedEnd)
        {
            id = _order[_cursor];
            ref Entry entry = ref _entries[id];
            length = entry.Length;
            return rest.Length >= length && rest[..length].SequenceEqual(_arena.AsSpan(entry.Offset, length)) && EndsAt(rest, length, entry.Kind);
        }

        id = None;
        length = 0;
        return false;
    }

    /// <summary>The expected text was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AcceptExpected(int id)
    {
        _cursor++;
        if (_changed)
        {
            Append(id);
        }
    }

    /// <summary>Another text was there: finds its number, or gives it one.</summary>
    internal int Find(ReadOnlySpan<byte> text, Kind kind, byte datum, out bool isNew)
    {
        if (!_changed)
        {
            BeginChange();
        }

        if (_table.Length == 0)
        {
            _table = new int[256];
        }

        uint hash = (uint)XxHash64.Of(text);
        int mask = _table.Length - 1;
        int at = (int)hash & mask;
        int probes = 0;
        while (_table[at] != 0)
        {
            int known = _table[at] - 1;
            ref Entry candidate = ref _entries[known];
            if (candidate.Hash == hash && candidate.Kind == kind && candidate.Datum == datum && candidate.Length == text.Length && TextOf(known).SequenceEqual(text))
            {
                _cursor = candidate.Position < _orderCount && _order[candidate.Position] == known ? candidate.Position + 1 : _cursor;
                Append(known);
                isNew = false;
                return known;
            }

            if (++probes > ProbesMax)
            {
                throw new PageLimitException(nameof(ProbesMax), $"more than {ProbesMax} series texts share their place in the hash table");
            }

            at = (at + 1) & mask;
        }

        isNew = true;
        return _closed ? None : Add(text, hash, kind, datum, at);
    }

    /// <summary>The number of a text that is at hand whole: the expected one, or looked up.</summary>
    internal int FindWhole(ReadOnlySpan<byte> text, Kind kind, byte datum, out bool isNew)
    {
        if (TryExpected(text, out int id, out int length) && length == text.Length && _entries[id].Kind == kind && _entries[id].Datum == datum)
        {
            AcceptExpected(id);
            isNew = false;
            return id;
        }

        return Find(text, kind, datum, out isNew);
    }

    /// <summary>Remembers a line that is no series, as long as there are not absurdly many.</summary>
    internal void FindLine(ReadOnlySpan<byte> text, Kind kind, byte datum = 0)
    {
        if (_linesRemembered++ < _limits.SamplesMax && text.Length <= _limits.LineBytesMax)
        {
            Find(text, kind, datum, out _);
        }
    }

    internal Kind KindOf(int id) => _entries[id].Kind;

    internal byte DatumOf(int id) => _entries[id].Datum;

    internal ReadOnlySpan<byte> TextOf(int id) => _arena.AsSpan(_entries[id].Offset, _entries[id].Length);

    private void CommitIfOpen()
    {
        if (_open)
        {
            Commit();
        }
    }

    // The first difference: everything before it was there, in the old order.
    private void BeginChange()
    {
        if (_changed)
        {
            return;
        }

        StopSharing();
        _changed = true;
        _nextCount = 0;
        if (_next.Length < _cursor)
        {
            _next = new int[Math.Max(_orderCount, 64)];
        }

        for (int i = 0; i < _cursor; i++)
        {
            _next[i] = _order[i];
            _entries[_order[i]].Page = _page;
        }

        _nextCount = _cursor;
    }

    private void Append(int id)
    {
        if (_nextCount == _next.Length)
        {
            Array.Resize(ref _next, Math.Max(64, _nextCount * 2));
        }

        ref Entry entry = ref _entries[id];
        entry.Page = _page;
        entry.Position = _nextCount;
        _next[_nextCount++] = id;
    }
}
