namespace Pleiad.Kernel;

/// <summary>The sender of a question: completes a task with the first answer, or when time is up.</summary>
internal sealed class AskPromise<T> : ActorRef, IThreadPoolWorkItem
{
    private readonly ActorRef _asked;
    private readonly TimeSpan _timeout;
    private readonly TaskCompletionSource<T> _completion;
    private ActorPath? _path;
    private ITimer? _timer;
    private CancellationToken _cancel;
    private CancellationTokenRegistration _cancellation;
    private object? _answer;

    internal AskPromise(ActorSystem system, ActorRef asked, TimeSpan timeout)
        : base(system, system.NextIncarnation())
    {
        _asked = asked;
        _timeout = timeout;
        _completion = new(
            system.Settings.Dispatcher.CompletesInTurns ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public override ActorPath Path => _path ??= System.TempPath.Child($"${Incarnation}");

    public override bool IsTerminated => Volatile.Read(ref _answer) is not null;

    internal Task<T> Task => _completion.Task;

    public override void Tell(object message, ActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!TryComplete(message))
        {
            System.DeadLetters.Take(message, sender, this, DeadLetterReason.Stopped);
        }
    }

    public override TellOutcome TryTell(object message, ActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        return TryComplete(message) ? TellOutcome.Accepted : TellOutcome.Stopped;
    }

    public override ValueTask<TellOutcome> TellAsync(object message, ActorRef? sender, CancellationToken cancel) => new(TryTell(message, sender));

    internal void Observe(CancellationToken cancel)
    {
        _cancel = cancel;
        _timer = System.Time.CreateTimer(static promise => ((AskPromise<T>)promise!).OnTimeout(), this, _timeout, Timeout.InfiniteTimeSpan);
        _cancellation = cancel.UnsafeRegister(static promise => ((AskPromise<T>)promise!).TryComplete(Cancelled.Instance), this);

        // Either may have fired before its handle was stored.
        if (IsTerminated)
        {
            Release();
        }
    }

    internal override void Send(SystemMessage message)
    {
        // A question ends with its answer; who watches one does so in error and is told at once.
        if (message is SystemMessage.WatchMessage watch)
        {
            watch.Watcher.NotifyDeath(this);
        }
    }

    internal override void NotifyDeath(ActorRef dead) => TryComplete(new Terminated(dead));

    internal override void OnRefused(object message, ActorRef recipient, DeadLetterReason reason) =>
        TryComplete(new Failure(new AskRefusedException(recipient, reason)));

    void IThreadPoolWorkItem.Execute() => Complete();

    private void OnTimeout()
    {
        if (TryComplete(new Failure(new AskTimeoutException(_asked, _timeout))))
        {
            KernelMetrics.CountAskTimeout();
        }
    }

    private bool TryComplete(object answer)
    {
        if (Interlocked.CompareExchange(ref _answer, answer, null) is not null)
        {
            return false;
        }

        Release();
        MessageDispatcher dispatcher = System.Settings.Dispatcher;
        if (dispatcher.CompletesInTurns)
        {
            dispatcher.Schedule(this, continues: false);
        }
        else
        {
            Complete();
        }

        return true;
    }

    private void Release()
    {
        _timer?.Dispose();
        _cancellation.Unregister();
    }

    private void Complete()
    {
        switch (_answer)
        {
            case T answer:
                _completion.SetResult(answer);
                break;
            case Failure failure:
                _completion.SetException(failure.Cause);
                break;
            case Cancelled:
                _completion.SetCanceled(_cancel);
                break;
            default:
                _completion.SetException(new AskTypeException(_asked, typeof(T), _answer!.GetType()));
                break;
        }
    }

    private sealed class Cancelled
    {
        internal static Cancelled Instance { get; } = new();
    }
}
