namespace Pleiad.Kernel;

/// <summary>What an actor may ask of the kernel, within its turns only.</summary>
/// <remarks>Every member but <see cref="Self"/> and <see cref="System"/> throws <see cref="InvalidOperationException"/> outside of a turn: that is how an await in an actor is found out.</remarks>
public abstract class ActorContext
{
    private protected ActorContext()
    {
    }

    /// <summary>This actor.</summary>
    public abstract ActorRef Self { get; }

    /// <summary>The system it lives in.</summary>
    public abstract ActorSystem System { get; }

    /// <summary>Who sent the current message; dead letters when nobody did.</summary>
    public abstract ActorRef Sender { get; }

    /// <summary>Who supervises this actor; dead letters for the guardian.</summary>
    public abstract ActorRef Parent { get; }

    /// <summary>Children that have not ended, in the order of creation.</summary>
    public abstract IReadOnlyList<ActorRef> Children { get; }

    /// <summary>The clock of the system.</summary>
    public TimeProvider Time => System.Time;

    /// <summary>The child of that name, or null.</summary>
    public abstract ActorRef? Child(string name);

    /// <summary>Creates a child. Its constructor and PreStart run in its own first turn.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">Unique among the living children; null for <c>$1</c>, <c>$2</c>, …</param>
    /// <exception cref="InvalidActorNameException">The name is malformed or taken.</exception>
    /// <exception cref="InvalidOperationException">The actor is stopping, or has <see cref="KernelSettings.ChildrenMax"/> children.</exception>
    public abstract ActorRef ActorOf(Props props, string? name = null);

    /// <summary>Stops an actor after its current message; the rest of its mailbox become dead letters. Its children end first.</summary>
    public abstract void Stop(ActorRef actor);

    /// <summary>Asks for a <see cref="Terminated"/> when the actor ends, or at once when it has ended. Comes after everything that it sent before.</summary>
    public abstract ActorRef Watch(ActorRef actor);

    /// <summary>Takes the watch back: no <see cref="Terminated"/> comes any more.</summary>
    public abstract void Unwatch(ActorRef actor);

    /// <summary>Lets the result of a task come back as a message, with <see cref="Self"/> as sender.</summary>
    /// <param name="task">Already running.</param>
    /// <param name="onSuccess">Makes the message, in the turn that receives it.</param>
    /// <param name="onFailure">Makes the message of an exception (a cancelled task gives <see cref="TaskCanceledException"/>); null sends <see cref="Failure"/>.</param>
    /// <remarks>Always finds room in the mailbox; at most <see cref="KernelSettings.PipesMax"/> tasks of one actor at a time.</remarks>
    /// <exception cref="InvalidOperationException">Too many tasks are outstanding.</exception>
    public abstract void PipeToSelf<T>(Task<T> task, Func<T, object> onSuccess, Func<Exception, object>? onFailure = null);

    /// <summary>As <see cref="PipeToSelf{T}"/> for a task without result.</summary>
    public abstract void PipeToSelf(Task task, Func<object> onSuccess, Func<Exception, object>? onFailure = null);

    /// <summary>Sends the current message on, with its sender.</summary>
    public abstract void Forward(ActorRef target, object message);
}
