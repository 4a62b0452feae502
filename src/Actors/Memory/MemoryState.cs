namespace Pleiad.Actors;

/// <summary>How a node stands with its memory, for whoever has to do with less. Written by one actor, read from any thread.</summary>
public sealed class MemoryState
{
    private MemoryStatus _status = MemoryStatus.Unwatched;

    /// <summary>The step.</summary>
    public MemoryStep Step => Status.Step;

    /// <summary>All of it, as of the last look.</summary>
    public MemoryStatus Status
    {
        get => Volatile.Read(ref _status);
        internal set => Volatile.Write(ref _status, value);
    }
}

/// <summary>How a node stands with its memory.</summary>
/// <param name="Step">What it gives up.</param>
/// <param name="UsedBytes">Bytes in use that no file can give back.</param>
/// <param name="LimitBytes">Bytes there may be; 0 where nobody watches.</param>
/// <param name="Since">When the step began.</param>
/// <param name="Settings">Where the steps are.</param>
public sealed record MemoryStatus(MemoryStep Step, long UsedBytes, long LimitBytes, DateTimeOffset Since, MemorySettings Settings)
{
    /// <summary>Of a node that does not watch its memory.</summary>
    public static readonly MemoryStatus Unwatched = new(MemoryStep.Calm, 0, 0, DateTimeOffset.UnixEpoch, new MemorySettings());

    /// <summary>In words: what is in use of what.</summary>
    public string InWords => $"{UsedBytes >> 20} MiB of {LimitBytes >> 20} MiB are in use";
}
