namespace Pleiad.Actors;

/// <summary>
/// When a copy that lacks samples asks others again for their files. It outlives the shard's actor, which begins anew with the files it got. Used by that alone.
/// </summary>
internal sealed class FilesPause
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    // A question is one message to each node.
    private static readonly TimeSpan AskedMax = TimeSpan.FromSeconds(30);

    // Files that came and were damaged here like those before: the disk is bad, and a whole shard each time is a lot.
    private static readonly TimeSpan TakenMax = TimeSpan.FromHours(1);

    private TimeSpan _pause = First;
    private long? _askedAt;
    private bool _hasTaken;

    /// <summary>Whether it may ask now.</summary>
    public bool IsOver(TimeProvider time) => _askedAt is not { } at || time.GetElapsedTime(at) >= _pause;

    /// <summary>It asks: each pause is twice as long as the one before, up to a limit.</summary>
    public void Begin(TimeProvider time)
    {
        TimeSpan most = _hasTaken ? TakenMax : AskedMax;
        if (_askedAt is not null)
        {
            _pause = _pause * 2 < most ? _pause * 2 : most;
        }

        _askedAt = time.GetTimestamp();
    }

    /// <summary>It has got some.</summary>
    /// <param name="lacks">Whether they said that they lack samples: then it is no wonder that it still does, and others may have better ones any moment.</param>
    public void Taken(bool lacks)
    {
        _hasTaken = !lacks;
        if (lacks && _pause > AskedMax)
        {
            _pause = AskedMax;
        }
    }

    /// <summary>It lacks nothing.</summary>
    public void End() => (_pause, _askedAt, _hasTaken) = (First, null, false);
}
