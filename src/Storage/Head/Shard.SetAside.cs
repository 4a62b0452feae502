namespace Pleiad.Storage;

/// <content>What was damaged and lies in the quarantine, or is noted there: while it does, queries over its time say so.</content>
public sealed partial class Shard
{
    // Of a cluster, copies on other nodes have what was damaged of this one.
    private void NoteSetAside()
    {
        if (!IsFollower)
        {
            _parts = _parts with { SetAside = _blockStore!.SetAside(), RollupsSetAside = _blockStore.Rollups.SetAside() };
        }
    }

    // What takes their place is without the frames that are damaged; they go to the quarantine when nobody reads them any more.
    private void NoteLostOf(IEnumerable<Block> sources)
    {
        MissingSamples[] damaged = IsFollower ? [] :
        [
            .. sources.Where(static source => source.DamagedFrames > 0)
                .Select(source => new MissingSamples(_blockStore!.NameSetAside(source), source.MinTime, source.MaxTime)),
        ];
        if (damaged.Length > 0)
        {
            _parts = _parts with { SetAside = [.. _parts.SetAside, .. damaged] };
        }
    }

    private void NoteRollupsLostOf(IEnumerable<Block> gone)
    {
        MissingSamples[] damaged = IsFollower ? [] :
        [
            .. gone.Where(static block => block.DamagedFrames > 0)
                .Select(block => new MissingSamples(_blockStore!.Rollups.NameSetAside(block), block.MinTime, block.MaxTime)),
        ];
        if (damaged.Length > 0)
        {
            _parts = _parts with { RollupsSetAside = [.. _parts.RollupsSetAside, .. damaged] };
        }
    }

    // Whoever has looked at a file deletes it; what is older than retention is missed by nobody.
    private void ForgetSetAside()
    {
        if (_parts.SetAside.Count == 0 && _parts.RollupsSetAside.Count == 0)
        {
            return;
        }

        try
        {
            // Those that are still read will lie there.
            HashSet<string> there =
                [.. _blockStore!.NamesSetAside(), .. _blockStore.Rollups.NamesSetAside(), .. _retired.Values.Select(_blockStore.NameSetAside)];
            MissingSamples[] left = [.. _parts.SetAside.Where(missing => missing.MaxTime >= AcceptFrom && there.Contains(missing.File))];
            MissingSamples[] leftOfRollups = [.. _parts.RollupsSetAside.Where(missing => there.Contains(missing.File))];
            if (left.Length < _parts.SetAside.Count || leftOfRollups.Length < _parts.RollupsSetAside.Count)
            {
                _reclaimer.Refresh();
                _parts = _parts with { SetAside = left, RollupsSetAside = leftOfRollups };
            }
        }
        catch (IOException)
        {
            // Whether they are gone is unknown: rather a warning too many.
        }
    }
}
