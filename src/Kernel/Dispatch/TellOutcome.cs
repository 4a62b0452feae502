namespace Pleiad.Kernel;

/// <summary>What became of a message at the mailbox.</summary>
public enum TellOutcome
{
    /// <summary>It is in the mailbox.</summary>
    Accepted,

    /// <summary>The mailbox is full and its policy is <see cref="MailboxFull.Refuse"/>, or too many wait for room.</summary>
    MailboxFull,

    /// <summary>The actor has ended.</summary>
    Stopped,
}
