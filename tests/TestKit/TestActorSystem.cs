using Pleiad.Kernel;
using Xunit;

namespace Pleiad.TestKit;

/// <summary>An actor system for one test, on virtual time and either dispatcher. Dispose ends it.</summary>
public sealed class TestActorSystem : IDisposable
{
    /// <summary>How long, on the real clock, a test waits for what must come before it fails. Never waited for by a test that passes.</summary>
    public static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(20);

    private readonly TurnDispatcher? _turns;
    private readonly PoolDispatcher? _pool;
    private readonly ManualResetEventSlim _somethingCame;
    private long _lastProbe;

    private TestActorSystem(KernelSettings settings, VirtualTime time, TurnDispatcher? turns, PoolDispatcher? pool, ManualResetEventSlim somethingCame)
    {
        _somethingCame = somethingCame;
        _turns = turns;
        _pool = pool;
        Time = time;
        System = ActorSystem.Create("test", settings);
        Drain();
    }

    /// <summary>The system under test.</summary>
    public ActorSystem System { get; }

    /// <summary>Its clock.</summary>
    public VirtualTime Time { get; }

    /// <summary>The seed of the order of turns; null on the thread pool.</summary>
    public int? Seed => _turns?.Seed;

    /// <summary>Turns run one at a time, on the test's thread, in an order drawn from the seed.</summary>
    /// <param name="seed">Same seed, same order.</param>
    /// <param name="settings">Clock and dispatcher are replaced.</param>
    /// <param name="time">Null for a new one.</param>
    public static TestActorSystem OnTurns(int seed = 1, KernelSettings? settings = null, VirtualTime? time = null)
    {
        TurnDispatcher turns = new(seed);
        ManualResetEventSlim somethingCame = new();
        time ??= new VirtualTime();
        settings = (settings ?? new KernelSettings()) with { Time = time, Dispatcher = new SignalledTurns(turns, somethingCame) };
        return new TestActorSystem(settings, time, turns, pool: null, somethingCame);
    }

    /// <summary>Turns run on the thread pool, as in production; time is virtual.</summary>
    /// <param name="settings">Clock and dispatcher are replaced.</param>
    /// <param name="time">Null for a new one.</param>
    public static TestActorSystem OnPool(KernelSettings? settings = null, VirtualTime? time = null)
    {
        PoolDispatcher pool = new();
        time ??= new VirtualTime();
        settings = (settings ?? new KernelSettings()) with { Time = time, Dispatcher = pool };
        return new TestActorSystem(settings, time, turns: null, pool, new ManualResetEventSlim());
    }

    /// <summary>Creates a top-level actor.</summary>
    public ActorRef ActorOf(Props props, string? name = null) => System.ActorOf(props, name);

    /// <summary>Creates a top-level actor of a factory.</summary>
    public ActorRef ActorOf(Func<Actor> factory, string? name = null) => System.ActorOf(Props.Create(factory), name);

    /// <summary>A probe of this system.</summary>
    public TestProbe CreateProbe(string? name = null) => new(this, name ?? $"probe-{++_lastProbe}");

    /// <summary>Lets actors handle messages until none waits.</summary>
    public void Drain()
    {
        if (_turns is not null)
        {
            _turns.RunUntilIdle();
        }
        else
        {
            Assert.True(_pool!.WaitUntilIdle(HangGuard), "actors did not come to rest");
        }
    }

    /// <summary>Moves time; after each timer that fires, actors handle what came of it.</summary>
    public void Advance(TimeSpan by)
    {
        Drain();
        Time.Advance(by, Drain);
        Drain();
    }

    /// <summary>Stops an actor and waits for its end.</summary>
    public void Stop(ActorRef actor)
    {
        System.Stop(actor);
        Drain();
    }

    /// <summary>The result of a task that completes without time moving. Throws what the task threw.</summary>
    public T Await<T>(Task<T> task)
    {
        Await((Task)task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task that completes without time moving. Throws what the task threw.</summary>
    public void Await(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        Drain();

        // What is still missing may be on its way through threads that nobody counts.
        _ = task.ContinueWith(
            static (_, came) => ((ManualResetEventSlim)came!).Set(), _somethingCame, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        do
        {
            _somethingCame.Reset();
            Drain();
        }
        while (!task.IsCompleted && _somethingCame.Wait(HangGuard));

        Assert.True(task.IsCompleted, $"the task did not complete{SeedText}");
        task.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose() => Await(System.TerminateAsync());

    internal string SeedText => Seed is { } seed ? $" (seed {seed})" : "";

    internal bool HasTurns => _turns is not null;

    /// <summary>The seeded turns, and a signal for each turn that another thread may have scheduled.</summary>
    private sealed class SignalledTurns(TurnDispatcher turns, ManualResetEventSlim somethingCame) : MessageDispatcher
    {
        public override int Throughput => turns.Throughput;

        public override bool CompletesInTurns => turns.CompletesInTurns;

        public override void Schedule(IThreadPoolWorkItem turn, bool continues)
        {
            turns.Schedule(turn, continues);
            somethingCame.Set();
        }
    }
}
