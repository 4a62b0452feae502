namespace Pleiad.Kernel;

/// <summary>A writer that waits for room in a mailbox, with its message.</summary>
internal sealed class TellWaiter : IThreadPoolWorkItem
{
    private readonly Mailbox _mailbox;
    private readonly MessageDispatcher _dispatcher;
    private readonly TaskCompletionSource<TellOutcome> _completion;
    private readonly CancellationToken _cancel;
    private CancellationTokenRegistration _cancellation;
    private TellOutcome _outcome;

    internal TellWaiter(in Envelope envelope, Mailbox mailbox, MessageDispatcher dispatcher, CancellationToken cancel)
    {
        Envelope = envelope;
        _mailbox = mailbox;
        _dispatcher = dispatcher;
        _cancel = cancel;
        _completion = new(dispatcher.CompletesInTurns ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal Envelope Envelope { get; }

    /// <summary>Among the waiters of the mailbox, under its lock; null when no longer there.</summary>
    internal LinkedListNode<TellWaiter>? Place { get; set; }

    internal Task<TellOutcome> Task => _completion.Task;

    internal void ObserveCancellation() =>
        _cancellation = _cancel.UnsafeRegister(
            static waiter =>
            {
                TellWaiter self = (TellWaiter)waiter!;
                if (self._mailbox.Withdraw(self))
                {
                    self._completion.TrySetCanceled(self._cancel);
                }
            },
            this);

    /// <summary>Called once by whoever took the waiter out of the mailbox.</summary>
    internal void Complete(TellOutcome outcome)
    {
        _outcome = outcome;
        _cancellation.Unregister();
        if (_dispatcher.CompletesInTurns)
        {
            _dispatcher.Schedule(this, continues: false);
        }
        else
        {
            _completion.SetResult(outcome);
        }
    }

    void IThreadPoolWorkItem.Execute() => _completion.SetResult(_outcome);
}
