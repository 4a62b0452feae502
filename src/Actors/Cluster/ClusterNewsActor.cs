using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Tells those who wait outside of actors that this node has joined its cluster, and that it has ended there.</summary>
internal sealed class ClusterNewsActor(NodeIncarnation self, TaskCompletionSource joined, TaskCompletionSource<string> ended) : Actor
{
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<MembershipView>(Self);
        Context.System.EventStream.Subscribe<ClusterEnded>(Self);
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case MembershipView view:
                if (view.Find(self) is { Status: MemberStatus.Up })
                {
                    joined.TrySetResult();
                }

                break;
            case ClusterEnded over:
                ended.TrySetResult(over.Reason);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
