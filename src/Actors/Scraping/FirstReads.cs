namespace Pleiad.Actors;

/// <summary>
/// How many targets may read their first page at once. A first page costs some ten times a known one, since every series is new: a node that
/// starts with hundreds of targets, or is given them by a reload, would otherwise be busy with those alone and miss slots of targets that run.
/// A new target that finds no place begins at its next slot; one that comes from another node asks again within the slot, for its series go on.
/// </summary>
/// <remarks>A place is lent for <see cref="Lease"/> at most, so that targets which do not answer hold up nobody for longer. Safe from any thread.</remarks>
/// <param name="max">Places.</param>
/// <param name="time">Measures leases.</param>
internal sealed class FirstReads(int max, TimeProvider time)
{
    /// <summary>A place is free again after this even where it was not given back.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();

    /// <summary>When each place was taken; null where it is free.</summary>
    private readonly long?[] _takenAt = new long?[max];
    private int _isDeferring;

    /// <summary>Takes a place, if one is free.</summary>
    /// <returns>What <see cref="Leave"/> wants back, or null.</returns>
    public Place? TryEnter()
    {
        lock (_gate)
        {
            for (int i = 0; i < _takenAt.Length; i++)
            {
                if (_takenAt[i] is not { } taken || time.GetElapsedTime(taken) >= Lease)
                {
                    long now = time.GetTimestamp();
                    _takenAt[i] = now;
                    return new Place(i, now);
                }
            }
        }

        return null;
    }

    /// <summary>A target found no place, and its slot is over.</summary>
    /// <param name="goesOn">Whether another node scraped it until now. Those that a reload brings have no hole for it, and must not keep shards from moving.</param>
    public void NoteDeferred(bool goesOn)
    {
        ActorsMetrics.StartsDeferred.Add(1);
        if (goesOn)
        {
            Volatile.Write(ref _isDeferring, 1);
        }
    }

    /// <summary>Whether there were any that went on since the last call.</summary>
    public bool TakeIsDeferring() => Interlocked.Exchange(ref _isDeferring, 0) != 0;

    /// <summary>Gives a place back; one that has been lent to another meanwhile stays his.</summary>
    public void Leave(Place place)
    {
        lock (_gate)
        {
            if (_takenAt[place.Index] == place.TakenAt)
            {
                _takenAt[place.Index] = null;
            }
        }
    }

    /// <summary>A place that was taken.</summary>
    public readonly record struct Place(int Index, long TakenAt);
}
