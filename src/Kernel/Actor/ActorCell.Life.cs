using System.Diagnostics;

namespace Pleiad.Kernel;

/// <summary>Start, failure, restart and end of an actor.</summary>
internal sealed partial class ActorCell
{
    private volatile CellState _state = CellState.New;
    private Actor? _actor;
    private object? _failedMessage;
    private Exception? _restartCause;
    private TimeSpan _restartDelay;
    private ITimer? _backoffTimer;
    private int _backoffs;

    internal bool IsTerminated => _state == CellState.Terminated;

    private enum CellState
    {
        /// <summary>No instance yet.</summary>
        New,

        Running,

        /// <summary>Failed; the supervisor has not spoken.</summary>
        Failed,

        /// <summary>To be restarted; waits for children to end.</summary>
        Unwinding,

        /// <summary>To be restarted; waits for the time.</summary>
        BackingOff,

        /// <summary>To end; waits for children to end.</summary>
        Stopping,

        Terminated,
    }

    private void HandleSystemMessages()
    {
        SystemMessage? message = _systemQueue.TakeAll();
        while (message is not null)
        {
            SystemMessage? next = message.Next;
            message.Next = null;
            if (_state == CellState.Terminated)
            {
                AnswerAfterEnd(message);
            }
            else
            {
                Handle(message);
            }

            message = next;
        }
    }

    private void Handle(SystemMessage message)
    {
        switch (message)
        {
            case SystemMessage.CreateMessage:
                Create();
                break;
            case SystemMessage.StopMessage:
                BeginStop();
                break;
            case SystemMessage.ResumeMessage:
                Resume();
                break;
            case SystemMessage.RestartMessage restart:
                BeginRestart(restart.Cause, restart.Delay);
                break;
            case SystemMessage.BackoffElapsedMessage elapsed:
                OnBackoffElapsed(elapsed.Backoff);
                break;
            case SystemMessage.ChildFailedMessage failed:
                Judge(failed.Child, failed.Cause);
                break;
            case SystemMessage.ChildTerminatedMessage terminated:
                OnChildTerminated(terminated.Child);
                break;
            case SystemMessage.WatchMessage watch:
                (_watchers ??= []).Add(watch.Watcher);
                break;
            case SystemMessage.UnwatchMessage unwatch:
                _watchers?.Remove(unwatch.Watcher);
                break;
            default:
                Debug.Fail($"unknown system message {message}");
                break;
        }
    }

    private void Create()
    {
        if (_state != CellState.New)
        {
            return;
        }

        _state = CellState.Running;
        try
        {
            MakeInstance();
            _actor!.OnPreStart();
        }
        catch (Exception cause)
        {
            // Whatever an actor throws is its supervisor's business.
            Fail(new ActorInitializationException(_self, cause), message: null);
        }
    }

    private void MakeInstance()
    {
        t_creating = this;
        try
        {
            Actor made = _props.Factory();
            if (made is null || made.Cell != this || t_creating is not null)
            {
                throw new InvalidOperationException("the factory of an actor must make one new actor at each call");
            }

            _actor = made;
        }
        finally
        {
            t_creating = null;
        }
    }

    private void Fail(Exception cause, object? message)
    {
        if (_state is CellState.Stopping or CellState.Terminated)
        {
            return;
        }

        _state = CellState.Failed;
        _failedMessage = message;
        if (_parent is null)
        {
            // The guardian has no supervisor; without it there is no system.
            System.EventStream.Publish(new ActorFailed(_self, cause, Directive.Stop, TimeSpan.Zero, LimitReached: false));
            BeginStop();
            return;
        }

        _parent.EnqueueSystem(new SystemMessage.ChildFailedMessage(this, cause));
    }

    private void Resume()
    {
        if (_state != CellState.Failed)
        {
            return;
        }

        if (_actor is null)
        {
            // There is no state to go on with.
            BeginRestart(new InvalidOperationException($"{_self} has no instance to resume"), TimeSpan.Zero);
            return;
        }

        _state = CellState.Running;
        _failedMessage = null;
        ReleaseFailedChildren(static (child, _) => child.EnqueueSystem(new SystemMessage.ResumeMessage()));
    }

    private void BeginRestart(Exception cause, TimeSpan delay)
    {
        if (_state != CellState.Failed)
        {
            return;
        }

        _state = CellState.Unwinding;
        _restartCause = cause;
        _restartDelay = delay;
        _timers?.CancelAll();
        if (_actor is not { } failed || !TryRunHook("PreRestart", () => failed.OnPreRestart(cause, _failedMessage)))
        {
            // Nobody else has stopped them, and the next instance may want their names.
            StopChildren();
        }

        _actor = null;
        _behaviour = null;
        _failedMessage = null;
        if (_stash is { } stash)
        {
            PutInFront(stash.Messages, int.MaxValue);
        }

        if (_childrenStopping == 0)
        {
            BackOff();
        }
    }

    private void BackOff()
    {
        if (_restartDelay <= TimeSpan.Zero)
        {
            Recreate();
            return;
        }

        _state = CellState.BackingOff;
        _backoffTimer = System.Time.CreateTimer(
            static elapsed => ((SystemMessage.BackoffElapsedMessage)elapsed!).Cell.EnqueueSystem((SystemMessage.BackoffElapsedMessage)elapsed),
            new SystemMessage.BackoffElapsedMessage(this, ++_backoffs),
            _restartDelay,
            Timeout.InfiniteTimeSpan);
    }

    private void OnBackoffElapsed(int backoff)
    {
        if (_state == CellState.BackingOff && backoff == _backoffs)
        {
            ForgetBackoff();
            Recreate();
        }
    }

    private void ForgetBackoff()
    {
        _backoffTimer?.Dispose();
        _backoffTimer = null;
    }

    private void Recreate()
    {
        Exception cause = _restartCause!;
        _restartCause = null;
        _state = CellState.Running;
        try
        {
            MakeInstance();
            _actor!.OnPostRestart(cause);
        }
        catch (Exception again)
        {
            // Whatever an actor throws is its supervisor's business.
            Fail(new ActorInitializationException(_self, again), message: null);
            return;
        }

        KernelMetrics.CountRestart();
        System.EventStream.Publish(new ActorRestarted(_self, cause));
        ReleaseFailedChildren(static (child, failure) => child.EnqueueSystem(new SystemMessage.RestartMessage(failure, TimeSpan.Zero)));
    }

    private void BeginStop()
    {
        if (_state is CellState.Stopping or CellState.Terminated)
        {
            return;
        }

        _state = CellState.Stopping;
        ForgetBackoff();
        CloseChildren();
        StopChildren();
        if (HasNoChildren)
        {
            Finish();
        }
    }

    private void Finish()
    {
        Debug.Assert(_state == CellState.Stopping);
        _timers?.CancelAll();
        if (_actor is { } actor)
        {
            TryRunHook("PostStop", actor.OnPostStop);
        }

        _state = CellState.Terminated;
        _actor = null;
        _behaviour = null;
        _mailbox.Close();
        BuryMessages();
        if (_isSubscribed)
        {
            System.EventStream.Unsubscribe(_self);
        }

        AnswerAfterEnd(_systemQueue.Close());
        EndWatches();
    }

    /// <summary>Stashed first, since they came first.</summary>
    private void BuryMessages()
    {
        if (_stash is { } stash)
        {
            PutInFront(stash.Messages, int.MaxValue);
        }

        while (TryTake())
        {
            if (_current.Message is not AutoReceived)
            {
                System.DeadLetters.Take(_current.Message, _current.Sender, _self, DeadLetterReason.Stopped);
            }
        }
    }

    private bool TryRunHook(string name, Action hook)
    {
        try
        {
            hook();
            return true;
        }
        catch (Exception cause)
        {
            // The instance goes in any case; whatever it throws now is only told.
            System.EventStream.Publish(new HookFailed(_self, name, cause));
            return false;
        }
    }
}
