namespace Pleiad.Storage;

/// <content>Damaged blocks in the quarantine: while they lie there, queries over their time say so.</content>
public sealed partial class Shard
{
    // Of a cluster, copies on other nodes have what a damaged block of this one had.
    private void NoteBlocksSetAside()
    {
        if (!IsFollower)
        {
            _parts = _parts with { SetAside = _blockStore!.SetAside() };
        }
    }

    // What takes their place is without the frames that are damaged; they go to the quarantine when nobody reads them any more.
    private void NoteLostOf(IEnumerable<Block> sources)
    {
        BlockSetAside[] damaged = IsFollower ? [] :
        [
            .. sources.Where(static source => source.DamagedFrames > 0)
                .Select(source => new BlockSetAside(_blockStore!.NameSetAside(source), source.MinTime, source.MaxTime)),
        ];
        if (damaged.Length > 0)
        {
            _parts = _parts with { SetAside = [.. _parts.SetAside, .. damaged] };
        }
    }

    // Whoever has looked at a file deletes it; what is older than retention is missed by nobody.
    private void ForgetBlocksSetAside()
    {
        if (_parts.SetAside.Count == 0)
        {
            return;
        }

        try
        {
            // Those that are still read will lie there.
            HashSet<string> there = [.. _blockStore!.NamesSetAside(), .. _retired.Values.Select(_blockStore.NameSetAside)];
            BlockSetAside[] left = [.. _parts.SetAside.Where(block => block.MaxTime >= AcceptFrom && there.Contains(block.File))];
            if (left.Length < _parts.SetAside.Count)
            {
                _reclaimer.Refresh();
                _parts = _parts with { SetAside = left };
            }
        }
        catch (IOException)
        {
            // Whether they are gone is unknown: rather a warning too many.
        }
    }
}
