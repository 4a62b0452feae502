namespace Pleiad.Kernel;

/// <summary>Questions to actors, answered as tasks.</summary>
public static class Asking
{
    /// <summary>Tells a message with a sender that waits for one answer.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <param name="actor">Who is asked.</param>
    /// <param name="message">The question; the actor answers its <c>Sender</c>.</param>
    /// <param name="timeout">More than zero, on the system's clock.</param>
    /// <param name="cancel">Ends the wait, not the work.</param>
    /// <exception cref="AskTimeoutException">No answer came in time.</exception>
    /// <exception cref="AskRefusedException">The question became a dead letter: full mailbox, or the actor has ended. Known at once, not after the timeout.</exception>
    /// <exception cref="AskTypeException">The answer has another type.</exception>
    /// <exception cref="OperationCanceledException">The token came first.</exception>
    /// <remarks>An answer <see cref="Failure"/> is thrown as its cause.</remarks>
    public static Task<T> Ask<T>(this ActorRef actor, object message, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        if (cancel.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancel);
        }

        AskPromise<T> promise = new(actor.System, actor, timeout);
        promise.Observe(cancel);
        actor.Tell(message, promise);
        return promise.Task;
    }

    /// <summary>As <see cref="Ask{T}(ActorRef, object, TimeSpan, CancellationToken)"/>, for questions that carry the reference to be answered.</summary>
    /// <param name="actor">Who is asked.</param>
    /// <param name="message">Makes the question of the reference that takes the answer.</param>
    /// <param name="timeout">More than zero, on the system's clock.</param>
    /// <param name="cancel">Ends the wait, not the work.</param>
    public static Task<T> Ask<T>(this ActorRef actor, Func<ActorRef, object> message, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        if (cancel.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancel);
        }

        AskPromise<T> promise = new(actor.System, actor, timeout);
        promise.Observe(cancel);
        actor.Tell(message(promise), promise);
        return promise.Task;
    }

    /// <summary>Tells a <see cref="PoisonPill"/> and completes when the actor has ended.</summary>
    /// <exception cref="AskTimeoutException">It did not end in time.</exception>
    public static Task GracefulStop(this ActorRef actor, TimeSpan timeout, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        AskPromise<Terminated> promise = new(actor.System, actor, timeout);
        promise.Observe(cancel);
        actor.Send(new SystemMessage.WatchMessage(promise));
        if (actor.TryTell(PoisonPill.Instance) == TellOutcome.MailboxFull)
        {
            // No room for the pill: without waiting for its turn, then.
            actor.Send(SystemMessage.Stop);
        }

        return promise.Task;
    }
}
