namespace Pleiad.Kernel;

/// <summary>Ends a node in phases: the tasks of a phase run together, and the next phase begins when all are done, have failed, or time is up.</summary>
/// <remarks>Runs once. A task that fails or is late is reported and does not keep the others from ending.</remarks>
public sealed class CoordinatedShutdown
{
    /// <summary>Tasks of all phases together.</summary>
    public const int TasksMax = 10_000;

    private readonly ActorSystem _system;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<(string Name, Func<CancellationToken, Task> Run)>> _tasks = [];
    private readonly List<ShutdownPhase> _phases;
    private int _taskCount;
    private string? _phaseRunning;
    private Task<ShutdownReport>? _run;

    internal CoordinatedShutdown(ActorSystem system)
    {
        _system = system;
        _phases = [.. system.Settings.ShutdownPhases];
        foreach (ShutdownPhase phase in _phases)
        {
            if (!_tasks.TryAdd(phase.Name, []))
            {
                throw new ArgumentException($"shutdown phase '{phase.Name}' occurs twice");
            }

            if (phase.Timeout <= TimeSpan.Zero)
            {
                throw new ArgumentException($"shutdown phase '{phase.Name}' has no time");
            }
        }

        if (!_tasks.ContainsKey(ShutdownPhase.ActorSystemTerminate))
        {
            throw new ArgumentException($"there must be a shutdown phase '{ShutdownPhase.ActorSystemTerminate}'");
        }
    }

    /// <summary>Whether the end has begun.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                return _run is not null;
            }
        }
    }

    /// <summary>Adds a task to a phase that has not begun.</summary>
    /// <param name="phase">One of <see cref="KernelSettings.ShutdownPhases"/>.</param>
    /// <param name="name">For the report.</param>
    /// <param name="run">The token says that time is up.</param>
    /// <exception cref="ArgumentException">There is no such phase.</exception>
    /// <exception cref="InvalidOperationException">The phase has begun or is over, or there are too many tasks.</exception>
    public void AddTask(string phase, string name, Func<CancellationToken, Task> run)
    {
        ArgumentNullException.ThrowIfNull(phase);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(run);
        lock (_gate)
        {
            if (!_tasks.TryGetValue(phase, out var tasks))
            {
                throw new ArgumentException($"there is no shutdown phase '{phase}'", nameof(phase));
            }

            if (_phaseRunning is not null && IndexOf(phase) <= IndexOf(_phaseRunning))
            {
                throw new InvalidOperationException($"shutdown phase '{phase}' has begun");
            }

            if (++_taskCount > TasksMax)
            {
                throw new InvalidOperationException($"more than {TasksMax} shutdown tasks");
            }

            tasks.Add((name, run));
        }
    }

    /// <summary>Runs all phases, then ends the actors. Called again it gives the same task.</summary>
    /// <param name="reason">For the report: who asked.</param>
    public Task<ShutdownReport> RunAsync(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        TaskCompletionSource<ShutdownReport> completion;
        lock (_gate)
        {
            if (_run is not null)
            {
                return _run;
            }

            completion = new(_system.Settings.Dispatcher.CompletesInTurns ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            _run = completion.Task;
        }

        _ = RunPhasesAsync(reason, completion);
        return completion.Task;
    }

    private async Task RunPhasesAsync(string reason, TaskCompletionSource<ShutdownReport> completion)
    {
        List<ShutdownTaskOutcome> outcomes = [];
        long began = _system.Time.GetTimestamp();
        foreach (ShutdownPhase phase in _phases)
        {
            List<(string Name, Func<CancellationToken, Task> Run)> tasks;
            lock (_gate)
            {
                _phaseRunning = phase.Name;
                tasks = _tasks[phase.Name];
            }

            if (phase.Name == ShutdownPhase.ActorSystemTerminate)
            {
                tasks.Add(("terminate actors", _ => _system.TerminateAsync()));
            }

            using CancellationTokenSource timeIsUp = new(phase.Timeout, _system.Time);
            outcomes.AddRange(await Task.WhenAll(tasks.Select(task => RunTaskAsync(phase, task.Name, task.Run, timeIsUp.Token))).ConfigureAwait(false));
        }

        completion.SetResult(new ShutdownReport(reason, outcomes, _system.Time.GetElapsedTime(began)));
    }

    private static async Task<ShutdownTaskOutcome> RunTaskAsync(ShutdownPhase phase, string name, Func<CancellationToken, Task> run, CancellationToken timeIsUp)
    {
        try
        {
            await run(timeIsUp).WaitAsync(timeIsUp).ConfigureAwait(false);
            return new ShutdownTaskOutcome(phase.Name, name, TimedOut: false, Failure: null);
        }
        catch (OperationCanceledException) when (timeIsUp.IsCancellationRequested)
        {
            return new ShutdownTaskOutcome(phase.Name, name, TimedOut: true, Failure: null);
        }
        catch (Exception failure)
        {
            // Whatever one task throws must not keep the others from ending.
            return new ShutdownTaskOutcome(phase.Name, name, TimedOut: false, failure);
        }
    }

    private int IndexOf(string phase) => _phases.FindIndex(p => p.Name == phase);
}

/// <summary>What became of one task.</summary>
/// <param name="Phase">Its phase.</param>
/// <param name="Task">Its name.</param>
/// <param name="TimedOut">The phase's time was up first.</param>
/// <param name="Failure">What it threw, or null.</param>
public sealed record ShutdownTaskOutcome(string Phase, string Task, bool TimedOut, Exception? Failure)
{
    /// <summary>Done in time and without failure.</summary>
    public bool Succeeded => !TimedOut && Failure is null;
}

/// <summary>How the end went.</summary>
/// <param name="Reason">Who asked.</param>
/// <param name="Tasks">In the order of phases.</param>
/// <param name="Took">All phases together.</param>
public sealed record ShutdownReport(string Reason, IReadOnlyList<ShutdownTaskOutcome> Tasks, TimeSpan Took);
