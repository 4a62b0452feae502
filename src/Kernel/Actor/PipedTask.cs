namespace Pleiad.Kernel;

/// <summary>A task whose result comes back to its actor: becomes the message in the turn that receives it.</summary>
internal sealed class PipedTask(ActorCell cell, Task task, Func<Task, object> onSuccess, Func<Exception, object>? onFailure) : AutoReceived
{
    internal void Start() =>
        task.ContinueWith(
            static (_, piped) => ((PipedTask)piped!).OnCompleted(),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    internal override bool TryOpen(ActorCell owner, out object message)
    {
        owner.OnPipeReceived();
        if (task.IsCompletedSuccessfully)
        {
            message = onSuccess(task);
            return true;
        }

        Exception cause = task.Exception is { } failure
            ? failure.InnerExceptions.Count == 1 ? failure.InnerExceptions[0] : failure
            : new TaskCanceledException(task);
        message = onFailure is null ? new Failure(cause) : onFailure(cause);
        return true;
    }

    private void OnCompleted()
    {
        if (!cell.EnqueueReserved(new Envelope(this, cell.Self)))
        {
            // The actor has ended; looking at the exception keeps it from being reported as unobserved.
            _ = task.Exception;
        }
    }
}
