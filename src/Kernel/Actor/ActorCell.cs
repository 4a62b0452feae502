using System.Diagnostics;

namespace Pleiad.Kernel;

/// <summary>What is behind a reference: mailbox, turns and life of one actor, over all its instances.</summary>
/// <remarks>
/// At most one turn is scheduled or running (<c>_scheduled</c>); all state but the two queues and that flag belongs to the turn. This file has the turns;
/// the life is in ActorCell.Life.cs, children and watches in ActorCell.Family.cs.
/// </remarks>
internal sealed partial class ActorCell : ActorContext, IThreadPoolWorkItem
{
    [ThreadStatic]
    private static ActorCell? t_running;

    [ThreadStatic]
    private static ActorCell? t_creating;

    private readonly Props _props;
    private readonly ActorCell? _parent;
    private readonly LocalActorRef _self;
    private readonly Mailbox _mailbox;
    private readonly MailboxSettings _mailboxSettings;
    private readonly MessageDispatcher _dispatcher;
    private readonly SystemQueue _systemQueue = new();

    // Given back from the stash: handled before the mailbox.
    private StashedMessages? _front;

    // The place of the current message among all that were put aside; 0 for one from the mailbox.
    private long _currentPlace;
    private long _lastPlace;
    private ActorTimers? _timers;
    private Stash? _stash;
    private Action<object>? _behaviour;
    private Envelope _current;
    private int _pipes;
    private int _scheduled;
    private int _stopRequested;

    internal ActorCell(ActorSystem system, Props props, ActorPath path, ActorCell? parent)
    {
        System = system;
        _props = props;
        _parent = parent;
        _mailboxSettings = props.Mailbox ?? system.Settings.Mailbox;
        _mailbox = new Mailbox(_mailboxSettings);
        _dispatcher = props.Dispatcher ?? system.Settings.Dispatcher;
        _self = new LocalActorRef(system, path, system.NextIncarnation()) { Cell = this };
    }

    public override ActorRef Self => _self;

    public override ActorSystem System { get; }

    public override ActorRef Sender => _current.Sender ?? System.DeadLetters;

    internal ActorTimers Timers => _timers ??= new ActorTimers(this);

    internal Stash Stash => _stash ??= new Stash(this, _mailboxSettings.StashCapacity);

    internal Envelope CurrentEnvelope => _current;

    /// <summary>Messages in the mailbox.</summary>
    internal int WaitingCount => _mailbox.Count;

    internal static ActorCell TakeCreating()
    {
        ActorCell cell = t_creating ?? throw new InvalidOperationException("actors are created by ActorOf, one by each call of their factory");
        t_creating = null;
        return cell;
    }

    internal TellOutcome Enqueue(in Envelope envelope)
    {
        TellOutcome outcome = EnqueueUncounted(envelope);
        if (outcome == TellOutcome.MailboxFull)
        {
            KernelMetrics.CountMailboxFull("refused");
        }

        return outcome;
    }

    internal ValueTask<TellOutcome> EnqueueAsync(in Envelope envelope, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<TellOutcome>(cancel);
        }

        TellOutcome outcome = EnqueueUncounted(envelope);
        if (outcome != TellOutcome.MailboxFull)
        {
            return new(outcome);
        }

        TellWaiter waiter = new(envelope, _mailbox, _dispatcher, cancel);
        outcome = _mailbox.TryWait(waiter);
        if (outcome != TellOutcome.Accepted)
        {
            KernelMetrics.CountMailboxFull("refused");
            return new(outcome);
        }

        KernelMetrics.CountMailboxFull("waited");
        waiter.ObserveCancellation();
        if (_mailbox.AdmitWaiters())
        {
            Wake();
        }

        return new(waiter.Task);
    }

    internal bool EnqueueReserved(in Envelope envelope)
    {
        if (!_mailbox.EnqueueReserved(envelope))
        {
            return false;
        }

        Wake();
        return true;
    }

    internal void EnqueueSystem(SystemMessage message)
    {
        // One request to stop is enough: however often it is repeated, the queue does not grow.
        if (message is SystemMessage.StopMessage && Interlocked.Exchange(ref _stopRequested, 1) == 1)
        {
            return;
        }

        if (_systemQueue.TryEnqueue(message))
        {
            Wake();
        }
        else
        {
            AnswerAfterEnd(message);
        }
    }

    internal void CheckInTurn()
    {
        if (!ReferenceEquals(t_running, this))
        {
            throw new InvalidOperationException($"{_self}: the context of an actor may be used within its turns only");
        }
    }

    internal void Become(Action<object>? behaviour)
    {
        CheckInTurn();
        _behaviour = behaviour;
    }

    internal void PutInFront(StashedMessages messages, int count)
    {
        _front ??= new StashedMessages();
        _front.TakeFrom(messages, count);
    }

    /// <summary>Where the current message belongs among those put aside: where it was, or behind all others.</summary>
    internal long CurrentPlace() => _currentPlace > 0 ? _currentPlace : ++_lastPlace;

    public override void PipeToSelf<T>(Task<T> task, Func<T, object> onSuccess, Func<Exception, object>? onFailure = null)
    {
        ArgumentNullException.ThrowIfNull(onSuccess);
        Pipe(task, done => onSuccess(((Task<T>)done).GetAwaiter().GetResult()), onFailure);
    }

    public override void PipeToSelf(Task task, Func<object> onSuccess, Func<Exception, object>? onFailure = null)
    {
        ArgumentNullException.ThrowIfNull(onSuccess);
        Pipe(task, _ => onSuccess(), onFailure);
    }

    public override void Forward(ActorRef target, object message)
    {
        ArgumentNullException.ThrowIfNull(target);
        CheckInTurn();
        target.Tell(message, _current.Sender);
    }

    internal void OnPipeReceived() => _pipes--;

    void IThreadPoolWorkItem.Execute()
    {
        Debug.Assert(Volatile.Read(ref _scheduled) == 1);
        bool hasMore;
        t_running = this;
        try
        {
            hasMore = RunTurn();
        }
        finally
        {
            t_running = null;
            _current = default;
        }

        if (hasMore)
        {
            _dispatcher.Schedule(this, continues: true);
            return;
        }

        // From here on a producer may schedule the next turn. What was put in before it could is seen by the look after the exchange, a full barrier.
        Interlocked.Exchange(ref _scheduled, 0);
        if (_mailbox.HasWaiters)
        {
            _mailbox.AdmitWaiters();
        }

        if (HasWork && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            _dispatcher.Schedule(this, continues: false);
        }
    }

    private TellOutcome EnqueueUncounted(in Envelope envelope)
    {
        TellOutcome outcome = _mailbox.TryEnqueue(envelope, out Envelope dropped);
        if (outcome == TellOutcome.Accepted)
        {
            Wake();
            if (dropped.Message is not null)
            {
                KernelMetrics.CountMailboxFull("dropped_oldest");
                System.DeadLetters.Take(dropped.Message, dropped.Sender, _self, DeadLetterReason.DroppedOldest);
            }
        }

        return outcome;
    }

    private bool HasWork => !_systemQueue.IsEmpty || (_state == CellState.Running && !_mailbox.IsEmpty);

    private void Wake()
    {
        // Pairs with the exchange at the end of a turn: either that turn sees what was put in, or this thread sees that it is over.
        Interlocked.MemoryBarrier();
        if (_scheduled == 0 && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            _dispatcher.Schedule(this, continues: false);
        }
    }

    /// <summary>Handles up to the dispatcher's throughput of messages.</summary>
    /// <returns>Whether there is more for another turn at once.</returns>
    private bool RunTurn()
    {
        int left = _dispatcher.Throughput;
        while (true)
        {
            if (!_systemQueue.IsEmpty)
            {
                HandleSystemMessages();
            }

            if (_state != CellState.Running)
            {
                return false;
            }

            if (left-- == 0)
            {
                if (_mailbox.HasWaiters)
                {
                    _mailbox.AdmitWaiters();
                }

                return true;
            }

            if (!TryTake())
            {
                return false;
            }

            HandleUserMessage();
        }
    }

    private bool TryTake()
    {
        if (_front is not null && _front.TryTake(out _current, out _currentPlace))
        {
            return true;
        }

        _currentPlace = 0;
        if (!_mailbox.TryDequeue(out Envelope envelope))
        {
            return false;
        }

        _current = envelope;
        return true;
    }

    private void HandleUserMessage()
    {
        object message = _current.Message;
        try
        {
            if (message is AutoReceived automatic)
            {
                if (!automatic.TryOpen(this, out message))
                {
                    return;
                }

                _current = _current with { Message = message };
            }

            if (_behaviour is { } behaviour)
            {
                behaviour(message);
            }
            else
            {
                _actor!.OnReceive(message);
            }
        }
        catch (Exception cause)
        {
            // Whatever an actor throws is its supervisor's business.
            Fail(cause, message);
        }
    }

    private void Pipe(Task task, Func<Task, object> onSuccess, Func<Exception, object>? onFailure)
    {
        ArgumentNullException.ThrowIfNull(task);
        CheckInTurn();
        if (_pipes >= System.Settings.PipesMax)
        {
            throw new InvalidOperationException($"{_self} has {_pipes} tasks on their way already");
        }

        _pipes++;
        new PipedTask(this, task, onSuccess, onFailure).Start();
    }
}
