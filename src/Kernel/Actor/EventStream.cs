namespace Pleiad.Kernel;

/// <summary>News of one system for whoever wants them: actors subscribe to a type and its descendants. Thread-safe.</summary>
/// <remarks>A subscriber whose mailbox is full misses the event, which is counted. A subscriber that ended is forgotten.</remarks>
public sealed class EventStream
{
    /// <summary>Subscriptions of one system.</summary>
    public const int SubscriptionsMax = 100_000;

    private readonly ActorSystem _system;
    private readonly Lock _gate = new();
    private readonly List<(Type Channel, ActorRef Subscriber)> _subscriptions = [];

    // Who gets events of a type, worked out at its first event; thrown away when a subscription changes.
    private Dictionary<Type, ActorRef[]> _routes = [];

    internal EventStream(ActorSystem system) => _system = system;

    /// <summary>From now on the actor is told every event of this type.</summary>
    /// <exception cref="InvalidOperationException">Too many subscriptions.</exception>
    public void Subscribe(ActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        lock (_gate)
        {
            if (_subscriptions.Contains((channel, subscriber)))
            {
                return;
            }

            if (_subscriptions.Count >= SubscriptionsMax)
            {
                throw new InvalidOperationException($"more than {SubscriptionsMax} subscriptions");
            }

            _subscriptions.Add((channel, subscriber));
            Volatile.Write(ref _routes, []);
        }

        if (subscriber is LocalActorRef local)
        {
            local.Cell.OnSubscribed();
        }
    }

    /// <summary>As <see cref="Subscribe(ActorRef, Type)"/>.</summary>
    public void Subscribe<T>(ActorRef subscriber) => Subscribe(subscriber, typeof(T));

    /// <summary>Ends one subscription, or all of the actor when no type is given.</summary>
    public void Unsubscribe(ActorRef subscriber, Type? channel = null)
    {
        lock (_gate)
        {
            _subscriptions.RemoveAll(s => s.Subscriber.Equals(subscriber) && (channel is null || s.Channel == channel));
            Volatile.Write(ref _routes, []);
        }
    }

    /// <summary>Tells the event to its subscribers.</summary>
    public void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        foreach (ActorRef subscriber in RouteOf(@event.GetType()))
        {
            TellOutcome outcome = subscriber.TryTell(@event);
            if (outcome != TellOutcome.Accepted)
            {
                _system.DeadLetters.TakeEvent(outcome == TellOutcome.Stopped ? DeadLetterReason.Stopped : DeadLetterReason.MailboxFull);
            }
        }
    }

    internal bool HasSubscriber(Type type) => RouteOf(type).Length > 0;

    private ActorRef[] RouteOf(Type type)
    {
        if (Volatile.Read(ref _routes).TryGetValue(type, out ActorRef[]? route))
        {
            return route;
        }

        lock (_gate)
        {
            route = [.. _subscriptions.Where(s => s.Channel.IsAssignableFrom(type)).Select(s => s.Subscriber).Distinct()];
            Volatile.Write(ref _routes, new Dictionary<Type, ActorRef[]>(_routes) { [type] = route });
            return route;
        }
    }
}
