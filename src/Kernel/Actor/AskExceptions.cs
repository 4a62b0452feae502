namespace Pleiad.Kernel;

/// <summary>Nobody answered in time.</summary>
public sealed class AskTimeoutException(ActorRef asked, TimeSpan timeout) : TimeoutException($"{asked} did not answer within {timeout}")
{
    /// <summary>Who was asked.</summary>
    public ActorRef Asked { get; } = asked;
}

/// <summary>The question reached nobody.</summary>
public sealed class AskRefusedException(ActorRef asked, DeadLetterReason reason) : Exception($"{asked} did not take the question: {reason}")
{
    /// <summary>Who did not take it.</summary>
    public ActorRef Asked { get; } = asked;

    /// <summary>Why.</summary>
    public DeadLetterReason Reason { get; } = reason;
}

/// <summary>The answer has another type than was asked for.</summary>
public sealed class AskTypeException(ActorRef asked, Type expected, Type actual)
    : Exception($"{asked} answered with {actual.Name} instead of {expected.Name}")
{
    /// <summary>Who answered.</summary>
    public ActorRef Asked { get; } = asked;
}
