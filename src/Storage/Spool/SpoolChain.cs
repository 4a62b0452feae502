namespace Pleiad.Storage;

/// <summary>
/// The records of one shard in the spool: consecutive numbers, each with the rolling hash of those before it. After damage there may be pieces of it: the
/// first is the chain, and the next takes its place when that has been let go of.
/// </summary>
internal sealed class SpoolChain
{
    private readonly List<Piece> _pieces = [];
    private int _breaksSeen;

    /// <summary>Records in all pieces.</summary>
    public int Count => _pieces.Sum(static piece => piece.Count);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _pieces.Count == 0;

    /// <summary>The first record.</summary>
    public SpoolEntry First => _pieces[0].First.Entry;

    /// <summary>The last record of the first piece.</summary>
    public SpoolEntry Last => _pieces[0].Last.Entry;

    /// <summary>The records of the first piece.</summary>
    public IReadOnlyList<SpoolEntry> Entries => _pieces[0].Entries;

    /// <summary>The records of all pieces from a number on.</summary>
    public IReadOnlyList<SpoolEntry> EntriesFrom(long seq) => [.. _pieces.SelectMany(static piece => piece.Entries).Where(entry => entry.Seq >= seq)];

    /// <summary>Whether a record comes next; any does where there is none.</summary>
    public bool GoesOnWith(long seq, long hashBefore) => IsEmpty || (seq == Last.Seq + 1 && hashBefore == Last.Hash);

    /// <summary>Finds a record of the first piece.</summary>
    public bool TryFindFirst(long seq, out SpoolPlace place)
    {
        place = default;
        return !IsEmpty && _pieces[0].TryFind(seq, out place);
    }

    /// <summary>Finds a record in any piece; in the first of those that have one of this number.</summary>
    public bool TryFind(long seq, out SpoolPlace place)
    {
        foreach (Piece piece in _pieces)
        {
            if (piece.TryFind(seq, out place))
            {
                return true;
            }
        }

        place = default;
        return false;
    }

    /// <summary>Adds the record that comes next.</summary>
    public void Add(in SpoolPlace place)
    {
        if (IsEmpty)
        {
            _pieces.Add(new Piece());
        }

        AddTo(_pieces[0], place);
    }

    /// <summary>Adds a record as the files have it, in the order in which they were written.</summary>
    /// <param name="place">The record.</param>
    /// <param name="breaks">How often something that cannot be read came before it in the files.</param>
    public void Link(in SpoolPlace place, int breaks)
    {
        bool isBehindDamage = breaks > _breaksSeen;
        _breaksSeen = breaks;
        if (TryReplace(place))
        {
            return;
        }

        SpoolEntry entry = place.Entry;
        Piece? piece = _pieces.Find(of => of.GoesOnWith(entry));
        if (piece is null && !IsEmpty && _pieces[^1].TryFind(entry.Seq - 1, out SpoolPlace before) && before.Entry.Hash == entry.HashBefore)
        {
            // What is behind that one had not been kept after all: the write of it failed, and yet it is there.
            piece = _pieces[^1];
            piece.RemoveFrom(entry.Seq);
        }
        else if (piece is null)
        {
            if (!isBehindDamage)
            {
                // It was written when those before had been let go of.
                Release(long.MaxValue);
            }

            _pieces.Add(piece = new Piece());
        }

        AddTo(piece, place);
    }

    /// <summary>Lets go of everything up to a number.</summary>
    public void Release(long throughSeq)
    {
        foreach (Piece piece in _pieces)
        {
            piece.RemoveFirst((int)Math.Clamp(throughSeq - piece.First.Entry.Seq + 1, 0, piece.Count));
        }

        RemoveEmpty();
    }

    /// <summary>Lets go of everything from a number on.</summary>
    public void Cut(long fromSeq)
    {
        _pieces.ForEach(piece => piece.RemoveFrom(fromSeq));
        RemoveEmpty();
    }

    private void AddTo(Piece piece, in SpoolPlace place)
    {
        piece.Add(place);

        // What was missing before another piece may be there now.
        if (_pieces.Find(of => of.Count > 0 && piece.GoesOnWith(of.First.Entry)) is { } next)
        {
            piece.TakeOver(next);
            _pieces.Remove(next);
        }
    }

    // It is there twice where the write of the first failed: that is not on the device.
    private bool TryReplace(in SpoolPlace place)
    {
        foreach (Piece piece in _pieces)
        {
            if (piece.TryFind(place.Entry.Seq, out SpoolPlace there) && there.Entry.Hash == place.Entry.Hash)
            {
                piece.Replace(place);
                return true;
            }
        }

        return false;
    }

    private void RemoveEmpty() => _pieces.RemoveAll(static piece => piece.Count == 0);

    private sealed class Piece
    {
        private readonly List<SpoolPlace> _places = [];
        private int _first;

        public int Count => _places.Count - _first;

        public SpoolPlace First => _places[_first];

        public SpoolPlace Last => _places[^1];

        public IReadOnlyList<SpoolEntry> Entries => [.. _places.Skip(_first).Select(static place => place.Entry)];

        public bool GoesOnWith(in SpoolEntry entry) => entry.Seq == Last.Entry.Seq + 1 && entry.HashBefore == Last.Entry.Hash;

        public bool TryFind(long seq, out SpoolPlace place)
        {
            long index = seq - First.Entry.Seq;
            place = index >= 0 && index < Count ? _places[_first + (int)index] : default;
            return index >= 0 && index < Count;
        }

        public void Add(in SpoolPlace place)
        {
            _places.Add(place);
            place.Part.Live++;
        }

        public void TakeOver(Piece next) => _places.AddRange(next._places.Skip(next._first));

        public void Replace(in SpoolPlace place)
        {
            int index = _first + (int)(place.Entry.Seq - First.Entry.Seq);
            _places[index].Part.Live--;
            _places[index] = place;
            place.Part.Live++;
        }

        public void RemoveFirst(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _places[_first].Part.Live--;
                _places[_first++] = default;
            }

            if (_first > 64 && _first > _places.Count / 2)
            {
                _places.RemoveRange(0, _first);
                _first = 0;
            }
        }

        public void RemoveFrom(long seq)
        {
            int from = _first + (int)Math.Clamp(seq - First.Entry.Seq, 0, Count);
            for (int i = from; i < _places.Count; i++)
            {
                _places[i].Part.Live--;
            }

            _places.RemoveRange(from, _places.Count - from);
        }
    }
}
