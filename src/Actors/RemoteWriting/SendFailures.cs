using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>How often a request has failed in a row, and how long to wait: twice as long each time, or as long as the receiver asks for.</summary>
/// <param name="settings">The shortest and the longest pause.</param>
internal sealed class SendFailures(SendQueueConfig settings)
{
    private TimeSpan _pause = settings.BackoffMin;

    /// <summary>Failures in a row.</summary>
    public int Count { get; private set; }

    /// <summary>Counts one more.</summary>
    /// <param name="asked">The pause that the receiver asked for, or null.</param>
    /// <returns>The pause before the next try.</returns>
    public TimeSpan PauseAfterOneMore(TimeSpan? asked)
    {
        Count++;
        TimeSpan pause = asked > _pause ? asked.Value : _pause;
        _pause = _pause * 2 < settings.BackoffMax ? _pause * 2 : settings.BackoffMax;
        return pause;
    }

    /// <summary>It succeeded.</summary>
    public void Clear()
    {
        Count = 0;
        _pause = settings.BackoffMin;
    }
}
