using Microsoft.Extensions.Logging;
using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Logs what the kernel only publishes: actors that failed, and what became of them.</summary>
internal sealed class FailureLogActor(ILogger log) : Actor
{
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<ActorFailed>(Self);
        Context.System.EventStream.Subscribe<HookFailed>(Self);
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case ActorFailed failed:
                log.ActorFailed(failed.Actor.Path.ToString(), failed.Directive.ToString(), failed.Cause);
                break;
            case HookFailed failed:
                log.HookFailed(failed.Actor.Path.ToString(), failed.Cause);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
