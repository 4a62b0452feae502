namespace Pleiad.Kernel;

/// <summary>What a full mailbox does with one more message.</summary>
public enum MailboxFull
{
    /// <summary>The new message is refused: a dead letter after Tell, an outcome of TryTell, a wait in TellAsync.</summary>
    Refuse,

    /// <summary>The oldest waiting message becomes a dead letter and the new one is taken: for news that replace older ones.</summary>
    DropOldest,
}

/// <summary>The limits of one actor's mailbox.</summary>
public sealed record MailboxSettings
{
    /// <summary>The most that may be asked for.</summary>
    public const int CapacityMax = 1 << 24;

    /// <summary>4096 messages, refused beyond.</summary>
    public static MailboxSettings Default { get; } = new();

    /// <summary>User messages that wait; 1 to <see cref="CapacityMax"/>. Memory grows with what is waiting, up to this.</summary>
    /// <remarks>Timers, results of the actor's own tasks and <see cref="Terminated"/> always find room: their number is bounded by what the actor itself began.</remarks>
    public int Capacity
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, CapacityMax);
            field = value;
        }
    } = 4096;

    /// <summary>What happens beyond the capacity.</summary>
    public MailboxFull WhenFull { get; init; } = MailboxFull.Refuse;

    /// <summary>Callers of <see cref="ActorRef.TellAsync"/> that may wait for room; 0 and more.</summary>
    public int WaitersMax
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 1024;

    /// <summary>Messages that the actor may stash; 0 and more.</summary>
    public int StashCapacity
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 4096;
}
