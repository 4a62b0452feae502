namespace Pleiad.Kernel;

/// <summary>What the kernel says to a cell. Overtakes user messages and is never refused.</summary>
/// <remarks>There are few: a handful for each child, watch or failure. A message is a link of one queue, hence new for each use, apart from the closed ones.</remarks>
internal abstract class SystemMessage
{
    /// <summary>A new request to stop.</summary>
    internal static SystemMessage Stop => new StopMessage();

    // Of the queue that holds it.
    internal SystemMessage? Next { get; set; }

    internal sealed class CreateMessage : SystemMessage;

    internal sealed class StopMessage : SystemMessage;

    internal sealed class ResumeMessage : SystemMessage;

    /// <summary>The supervisor's verdict: a new instance, after a delay.</summary>
    internal sealed class RestartMessage(Exception cause, TimeSpan delay) : SystemMessage
    {
        internal Exception Cause { get; } = cause;

        internal TimeSpan Delay { get; } = delay;
    }

    internal sealed class BackoffElapsedMessage(ActorCell cell, int backoff) : SystemMessage
    {
        internal ActorCell Cell { get; } = cell;

        /// <summary>Which of the cell's waits is over.</summary>
        internal int Backoff { get; } = backoff;
    }

    internal sealed class ChildFailedMessage(ActorCell child, Exception cause) : SystemMessage
    {
        internal ActorCell Child { get; } = child;

        internal Exception Cause { get; } = cause;
    }

    internal sealed class ChildTerminatedMessage(ActorCell child) : SystemMessage
    {
        internal ActorCell Child { get; } = child;
    }

    internal sealed class WatchMessage(ActorRef watcher) : SystemMessage
    {
        internal ActorRef Watcher { get; } = watcher;
    }

    internal sealed class UnwatchMessage(ActorRef watcher) : SystemMessage
    {
        internal ActorRef Watcher { get; } = watcher;
    }
}
