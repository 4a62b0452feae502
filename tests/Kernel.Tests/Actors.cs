using Pleiad.TestKit;

namespace Pleiad.Kernel.Tests;

internal static class Systems
{
    internal static TestActorSystem On(string dispatcher, KernelSettings? settings = null) =>
        dispatcher == "pool" ? TestActorSystem.OnPool(settings) : TestActorSystem.OnTurns(seed: 1, settings);
}

/// <summary>An actor made of functions.</summary>
internal sealed class Lambda(Action<Lambda, object> receive, Action<Lambda>? start = null, Action<Lambda>? stop = null) : Actor
{
    internal new ActorContext Context => base.Context;

    internal new ActorRef Self => base.Self;

    internal new ActorRef Sender => base.Sender;

    internal new ActorTimers Timers => base.Timers;

    internal new Stash Stash => base.Stash;

    internal void Answer(object message) => Sender.Tell(message, Self);

    internal void DoUnhandled(object message) => Unhandled(message);

    protected override void PreStart() => start?.Invoke(this);

    protected override void PostStop() => stop?.Invoke(this);

    protected override void Receive(object message) => receive(this, message);
}

/// <summary>Tells of each hook; fails on an exception, which it throws.</summary>
internal sealed class Hooked : Actor
{
    private readonly ActorRef _target;

    internal Hooked(ActorRef target)
    {
        _target = target;
        target.Tell("constructed");
    }

    protected override void PreStart() => _target.Tell("PreStart");

    protected override void PostStop() => _target.Tell("PostStop");

    protected override void PreRestart(Exception cause, object? message)
    {
        _target.Tell($"PreRestart {cause.Message} {(message is null ? "null" : "message")}");
        base.PreRestart(cause, message);
    }

    protected override void PostRestart(Exception cause)
    {
        _target.Tell($"PostRestart {cause.Message}");
        base.PostRestart(cause);
    }

    protected override void Receive(object message)
    {
        if (message is Exception failure)
        {
            throw failure;
        }

        _target.Tell(message);
    }
}
