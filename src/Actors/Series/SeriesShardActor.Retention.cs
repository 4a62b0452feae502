using Pleiad.Model;

namespace Pleiad.Actors;

/// <content>What is too old, or too much, goes.</content>
internal sealed partial class SeriesShardActor
{
    private DateTimeOffset _openedAt;
    private long _openedTicks;

    private void Retain()
    {
        if (Shard.NewestTime != long.MinValue)
        {
            long now = RetentionNow().Milliseconds;
            Shard.Retain(_home.Settings.Policy, _home.Settings.Rollups, now);
            Shard.RetainRollups(_home.Settings.Rollups, now);
        }

        // A size is one also where no sample has come since the start, as after an import.
        int dropped = 0;
        foreach ((long resolutionMs, long through) in _home.SizeCuts())
        {
            dropped += resolutionMs == 0 ? Shard.DropBlocksThrough(through) : Shard.DropRollupsThrough(resolutionMs, through);
        }

        if (dropped > 0)
        {
            _log.BlocksOverSize(_id.Value, dropped);
        }

        _home.Publish(_id, Shard);
    }

    // A wall clock that jumps forwards must not make everything look old: retention advances with the steady clock at most,
    // and never beyond the newest sample.
    private Timestamp RetentionNow()
    {
        Timestamp now = SteadyNow();
        return Shard.NewestTime < now.Milliseconds ? new Timestamp(Shard.NewestTime) : now;
    }

    private Timestamp SteadyNow()
    {
        DateTimeOffset wall = Context.Time.GetUtcNow();
        DateTimeOffset steady = _openedAt + Context.Time.GetElapsedTime(_openedTicks);
        return Timestamp.From(wall < steady ? wall : steady);
    }

    private sealed class RetentionDue
    {
        public static readonly RetentionDue Instance = new();
    }
}
