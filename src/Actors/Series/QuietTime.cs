namespace Pleiad.Actors;

/// <summary>Whether nothing has come into a shard for a while, by the steady clock: a wall clock that jumps must not make it so.</summary>
/// <param name="time">Tells the time.</param>
/// <param name="after">So long.</param>
internal sealed class QuietTime(TimeProvider time, TimeSpan after)
{
    private long _seq = -1;
    private long _since;

    /// <summary>Looks at a shard.</summary>
    /// <param name="appliedSeq">Its last record. A shard that is looked at for the first time has had one just now.</param>
    /// <returns>Whether it has had none since.</returns>
    public bool Look(long appliedSeq)
    {
        if (appliedSeq != _seq)
        {
            _seq = appliedSeq;
            _since = time.GetTimestamp();
        }

        return time.GetElapsedTime(_since) >= after;
    }
}
