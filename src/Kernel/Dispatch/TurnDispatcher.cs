namespace Pleiad.Kernel;

/// <summary>Runs turns one at a time, on the thread that calls, in an order drawn from a seed: same seed and same inputs, same order.</summary>
/// <remarks>
/// For simulation. Nothing runs by itself: call <see cref="RunUntilIdle"/>. Each turn handles one message, so that every interleaving of messages between actors can occur.
/// Completions of Ask and TellAsync are turns too. Turns may be scheduled from other threads, but then the order is no longer a function of the seed.
/// </remarks>
public sealed class TurnDispatcher : MessageDispatcher
{
    private readonly Lock _gate = new();
    private readonly List<IThreadPoolWorkItem> _ready = [];
    private readonly Random _order;
    private bool _running;

    /// <param name="seed">Same seed, same order.</param>
    public TurnDispatcher(int seed)
    {
        Seed = seed;
        _order = new Random(seed);
    }

    /// <summary>What the order is drawn from.</summary>
    public int Seed { get; }

    /// <summary>Turns run so far.</summary>
    public long TurnsRun { get; private set; }

    /// <inheritdoc/>
    public override int Throughput => 1;

    /// <inheritdoc/>
    public override bool CompletesInTurns => true;

    /// <summary>Whether no turn waits.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count == 0;
            }
        }
    }

    /// <inheritdoc/>
    public override void Schedule(IThreadPoolWorkItem turn, bool continues)
    {
        ArgumentNullException.ThrowIfNull(turn);
        lock (_gate)
        {
            _ready.Add(turn);
        }
    }

    /// <summary>Runs one of the waiting turns.</summary>
    /// <returns>False when none waits.</returns>
    /// <exception cref="InvalidOperationException">Called from within a turn.</exception>
    public bool RunOne()
    {
        IThreadPoolWorkItem turn;
        lock (_gate)
        {
            if (_running)
            {
                throw new InvalidOperationException("a turn runs already");
            }

            if (_ready.Count == 0)
            {
                return false;
            }

            int drawn = _order.Next(_ready.Count);
            turn = _ready[drawn];
            _ready[drawn] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            _running = true;
        }

        // A context of the caller (a test runner has one) would take continuations away to other threads.
        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            TurnsRun++;
            turn.Execute();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
            _running = false;
        }

        return true;
    }

    /// <summary>Runs turns until none waits.</summary>
    /// <param name="turnsMax">Above this the actors are taken to chase each other for ever.</param>
    /// <returns>How many turns ran.</returns>
    /// <exception cref="InvalidOperationException">More than <paramref name="turnsMax"/> turns, or called from within a turn.</exception>
    public int RunUntilIdle(int turnsMax = 10_000_000)
    {
        int turns = 0;
        while (RunOne())
        {
            if (++turns > turnsMax)
            {
                throw new InvalidOperationException($"not idle after {turnsMax} turns (seed {Seed})");
            }
        }

        return turns;
    }
}
