namespace Pleiad.Kernel;

/// <summary>Published on the event stream when an actor failed, with what its supervisor does about it.</summary>
/// <param name="Actor">Who failed.</param>
/// <param name="Cause">What was thrown.</param>
/// <param name="Directive">The verdict; Stop also when a Restart was not allowed any more.</param>
/// <param name="Delay">Before the restart; zero otherwise.</param>
/// <param name="LimitReached">The verdict was Restart, but there were too many (<see cref="RestartBackoff.RestartsMax"/>).</param>
public sealed record ActorFailed(ActorRef Actor, Exception Cause, Directive Directive, TimeSpan Delay, bool LimitReached);

/// <summary>Published when a hook threw where nothing depends on it any more: PreRestart or PostStop.</summary>
public sealed record HookFailed(ActorRef Actor, string Hook, Exception Cause);

/// <summary>Published when a new instance has taken over.</summary>
public sealed record ActorRestarted(ActorRef Actor, Exception Cause);

/// <summary>Published when an actor says that it does not understand a message.</summary>
public sealed record UnhandledMessage(object Message, ActorRef Sender, ActorRef Recipient);
