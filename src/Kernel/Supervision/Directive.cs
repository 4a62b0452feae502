namespace Pleiad.Kernel;

/// <summary>What a supervisor does with a child that failed.</summary>
public enum Directive
{
    /// <summary>It keeps its state and goes on with the next message.</summary>
    Resume,

    /// <summary>A new instance takes over mailbox and reference, after a delay.</summary>
    Restart,

    /// <summary>It ends.</summary>
    Stop,

    /// <summary>The supervisor itself fails with the same cause.</summary>
    Escalate,
}
