namespace Pleiad.Kernel;

/// <summary>Children and their supervision, watches, event subscriptions.</summary>
internal sealed partial class ActorCell
{
    // The guardian's children are created by any thread; for all others the lock is never contended.
    private readonly Lock _childrenGate = new();
    private Dictionary<string, ChildRecord>? _children;
    private bool _childrenClosed;
    private int _childrenStopping;
    private long _lastChildNumber;
    private HashSet<ActorRef>? _watching;
    private HashSet<ActorRef>? _watchers;
    private volatile bool _isSubscribed;

    public override ActorRef Parent => _parent?._self ?? (ActorRef)System.DeadLetters;

    public override IReadOnlyList<ActorRef> Children
    {
        get
        {
            CheckInTurn();
            return SnapshotChildren().ConvertAll(static child => child.Cell.Self);
        }
    }

    private bool HasNoChildren
    {
        get
        {
            lock (_childrenGate)
            {
                return _children is null || _children.Count == 0;
            }
        }
    }

    public override ActorRef? Child(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        CheckInTurn();
        lock (_childrenGate)
        {
            return _children is not null && _children.TryGetValue(name, out ChildRecord? child) ? child.Cell.Self : null;
        }
    }

    public override ActorRef ActorOf(Props props, string? name = null)
    {
        CheckInTurn();
        return AddChild(props, name);
    }

    public override void Stop(ActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        CheckInTurn();
        ChildRecord? child = null;
        lock (_childrenGate)
        {
            if (_children is not null && actor is LocalActorRef local && _children.TryGetValue(local.Path.Name, out ChildRecord? found) && found.Cell == local.Cell)
            {
                child = found;
            }
        }

        if (child is null)
        {
            actor.Send(SystemMessage.Stop);
        }
        else
        {
            StopChild(child);
        }
    }

    public override ActorRef Watch(ActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        CheckInTurn();
        if (!actor.Equals(_self) && (_watching ??= []).Add(actor))
        {
            actor.Send(new SystemMessage.WatchMessage(_self));
        }

        return actor;
    }

    public override void Unwatch(ActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        CheckInTurn();
        if (_watching is not null && _watching.Remove(actor))
        {
            actor.Send(new SystemMessage.UnwatchMessage(_self));
        }
    }

    /// <summary>From any thread: for the system, on the guardian.</summary>
    internal ActorRef AddChild(Props props, string? name)
    {
        ArgumentNullException.ThrowIfNull(props);
        ActorCell child;
        lock (_childrenGate)
        {
            if (_childrenClosed)
            {
                throw new InvalidOperationException($"{_self} is stopping");
            }

            _children ??= new Dictionary<string, ChildRecord>(StringComparer.Ordinal);
            if (_children.Count >= System.Settings.ChildrenMax)
            {
                throw new InvalidOperationException($"{_self} has {_children.Count} children already");
            }

            name ??= $"${++_lastChildNumber}";
            if (_children.ContainsKey(name))
            {
                throw new InvalidActorNameException(name, $"a child of {_self} has it already");
            }

            child = new ActorCell(System, props, _self.Path.Child(name), this);
            _children.Add(name, new ChildRecord(child));
        }

        child.EnqueueSystem(new SystemMessage.CreateMessage());
        return child._self;
    }

    internal void OnSubscribed()
    {
        _isSubscribed = true;
        if (IsTerminated)
        {
            System.EventStream.Unsubscribe(_self);
        }
    }

    /// <summary>False when the watch was taken back: the notice is then stale.</summary>
    internal bool ForgetWatched(ActorRef dead) => _watching is not null && _watching.Remove(dead);

    /// <summary>The supervisor's part: what becomes of a child that failed.</summary>
    private void Judge(ActorCell failed, Exception cause)
    {
        if (_state is CellState.Stopping || FindChild(failed) is not { } child || child.IsStopping)
        {
            return;
        }

        (SupervisorStrategy strategy, Directive directive) = Decide(cause);
        TimeSpan delay = TimeSpan.Zero;
        bool limitReached = false;
        if (directive == Directive.Restart && !child.Restarts.TryRestart(strategy.Backoff, System.Time, out delay))
        {
            directive = Directive.Stop;
            limitReached = true;
        }

        if (directive == Directive.Escalate && _parent is null)
        {
            directive = Directive.Stop;
        }

        KernelMetrics.CountFailure(directive);
        System.EventStream.Publish(new ActorFailed(failed._self, cause, directive, delay, limitReached));
        switch (directive)
        {
            case Directive.Resume:
                failed.EnqueueSystem(new SystemMessage.ResumeMessage());
                break;
            case Directive.Restart:
                failed.EnqueueSystem(new SystemMessage.RestartMessage(cause, delay));
                break;
            case Directive.Stop:
                StopChild(child);
                break;
            default:
                child.Escalated = cause;
                Fail(cause, message: null);
                break;
        }
    }

    private (SupervisorStrategy Strategy, Directive Directive) Decide(Exception cause)
    {
        try
        {
            SupervisorStrategy strategy = _props.SupervisorStrategy ?? _actor?.Strategy ?? SupervisorStrategy.Default;
            return (strategy, strategy.Decide(cause));
        }
        catch (Exception)
        {
            // A strategy that throws cannot supervise: whatever it throws, the failure goes up.
            return (SupervisorStrategy.Default, Directive.Escalate);
        }
    }

    /// <summary>This actor goes on after it had escalated: so do the children for which it did.</summary>
    private void ReleaseFailedChildren(Action<ActorCell, Exception> release)
    {
        foreach (ChildRecord child in SnapshotChildren())
        {
            if (child.Escalated is { } cause && !child.IsStopping)
            {
                child.Escalated = null;
                release(child.Cell, cause);
            }
        }
    }

    private void OnChildTerminated(ActorCell child)
    {
        ChildRecord? record = FindChild(child);
        if (record is null)
        {
            return;
        }

        bool isLast;
        lock (_childrenGate)
        {
            _children!.Remove(child._self.Path.Name);
            isLast = _children.Count == 0;
        }

        if (record.IsStopping)
        {
            _childrenStopping--;
        }

        if (_state == CellState.Stopping && isLast)
        {
            Finish();
        }
        else if (_state == CellState.Unwinding && _childrenStopping == 0)
        {
            BackOff();
        }
    }

    private void CloseChildren()
    {
        lock (_childrenGate)
        {
            _childrenClosed = true;
        }
    }

    private void StopChildren()
    {
        foreach (ChildRecord child in SnapshotChildren())
        {
            StopChild(child);
        }
    }

    private void StopChild(ChildRecord child)
    {
        if (!child.IsStopping)
        {
            child.IsStopping = true;
            _childrenStopping++;
            child.Cell.EnqueueSystem(SystemMessage.Stop);
        }
    }

    private ChildRecord? FindChild(ActorCell child)
    {
        lock (_childrenGate)
        {
            return _children is not null && _children.TryGetValue(child._self.Path.Name, out ChildRecord? record) && record.Cell == child ? record : null;
        }
    }

    private List<ChildRecord> SnapshotChildren()
    {
        lock (_childrenGate)
        {
            return _children is null ? [] : [.. _children.Values];
        }
    }

    private void AnswerAfterEnd(SystemMessage? messages)
    {
        for (SystemMessage? message = messages; message is not null; message = message.Next)
        {
            // Creation, verdicts and children's ends mean nothing any more; a watcher must still hear.
            if (message is SystemMessage.WatchMessage watch)
            {
                watch.Watcher.NotifyDeath(_self);
            }
        }
    }

    private void EndWatches()
    {
        foreach (ActorRef watched in _watching ?? [])
        {
            watched.Send(new SystemMessage.UnwatchMessage(_self));
        }

        _watching = null;

        // The parent first: the name is free again when a watcher hears of the end.
        if (_parent is null)
        {
            System.OnGuardianTerminated();
        }
        else
        {
            _parent.EnqueueSystem(new SystemMessage.ChildTerminatedMessage(this));
        }

        foreach (ActorRef watcher in _watchers ?? [])
        {
            watcher.NotifyDeath(_self);
        }

        _watchers = null;
    }

    /// <summary>What a parent keeps about a child.</summary>
    private sealed class ChildRecord(ActorCell cell)
    {
        internal ActorCell Cell { get; } = cell;

        internal RestartHistory Restarts => field ??= new RestartHistory();

        internal bool IsStopping { get; set; }

        /// <summary>The failure that went up because of this child, until the parent goes on.</summary>
        internal Exception? Escalated { get; set; }
    }
}
