using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class CoordinatedShutdownTests
{
    [Fact]
    public void Phases_run_in_order_and_end_with_the_actors()
    {
        TestActorSystem test = TestActorSystem.OnTurns();
        List<string> order = [];
        test.ActorOf(() => new Lambda((_, _) => { }, stop: _ => order.Add("actor")));
        test.Drain();
        Add(ShutdownPhase.BeforeActorSystemTerminate, "save");
        Add(ShutdownPhase.ServiceUnbind, "unbind");
        Add(ShutdownPhase.ServiceStop, "stop");

        Task<ShutdownReport> run = test.System.CoordinatedShutdown.RunAsync("SIGTERM");
        ShutdownReport report = test.Await(run);

        Assert.Equal(["unbind", "stop", "save", "actor"], order);
        Assert.Equal("SIGTERM", report.Reason);
        Assert.All(report.Tasks, t => Assert.True(t.Succeeded));
        Assert.True(test.System.WhenTerminated.IsCompleted);
        Assert.Same(run, test.System.CoordinatedShutdown.RunAsync("again"));

        void Add(string phase, string name) => test.System.CoordinatedShutdown.AddTask(phase, name, _ =>
        {
            order.Add(name);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void Tasks_of_one_phase_run_together()
    {
        TestActorSystem test = TestActorSystem.OnTurns();
        TaskCompletionSource first = new();
        TaskCompletionSource second = new();
        CoordinatedShutdown shutdown = test.System.CoordinatedShutdown;
        shutdown.AddTask(ShutdownPhase.ServiceStop, "waits", _ => second.Task);
        shutdown.AddTask(ShutdownPhase.ServiceStop, "releases", _ =>
        {
            second.SetResult();
            return first.Task;
        });

        Task<ShutdownReport> run = shutdown.RunAsync("test");
        first.SetResult();

        Assert.All(test.Await(run).Tasks, t => Assert.True(t.Succeeded));
    }

    [Fact]
    public void A_task_that_fails_or_is_late_is_reported_and_holds_up_nothing()
    {
        TestActorSystem test = TestActorSystem.OnTurns();
        CoordinatedShutdown shutdown = test.System.CoordinatedShutdown;
        bool told = false;
        shutdown.AddTask(ShutdownPhase.ServiceUnbind, "fails", _ => throw new IOException("disk"));
        shutdown.AddTask(ShutdownPhase.ServiceStop, "late", async cancel =>
        {
            using CancellationTokenRegistration registration = cancel.Register(() => told = true);
            await new TaskCompletionSource().Task;
        });

        Task<ShutdownReport> run = shutdown.RunAsync("test");
        test.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(run.IsCompleted);
        test.Advance(TimeSpan.FromSeconds(0.1));
        ShutdownReport report = test.Await(run);

        Assert.IsType<IOException>(report.Tasks.Single(t => t.Task == "fails").Failure);
        Assert.True(report.Tasks.Single(t => t.Task == "late").TimedOut);
        Assert.True(report.Tasks.Single(t => t.Phase == ShutdownPhase.ActorSystemTerminate).Succeeded);
        Assert.True(told);
        Assert.Equal(TimeSpan.FromSeconds(5), report.Took);
    }

    [Fact]
    public void Tasks_are_taken_for_known_phases_that_have_not_begun()
    {
        TestActorSystem test = TestActorSystem.OnTurns();
        CoordinatedShutdown shutdown = test.System.CoordinatedShutdown;
        Exception? refused = null;
        bool ran = false;
        Assert.Throws<ArgumentException>(() => shutdown.AddTask("no-such-phase", "x", _ => Task.CompletedTask));
        shutdown.AddTask(ShutdownPhase.ServiceUnbind, "adds", _ =>
        {
            refused = Record.Exception(() => shutdown.AddTask(ShutdownPhase.ServiceUnbind, "x", _ => Task.CompletedTask));
            shutdown.AddTask(ShutdownPhase.ServiceStop, "later", _ =>
            {
                ran = true;
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });

        test.Await(shutdown.RunAsync("test"));

        Assert.IsType<InvalidOperationException>(refused);
        Assert.True(ran);
    }

    [Fact]
    public void Phases_must_differ_have_time_and_end_the_actors()
    {
        ShutdownPhase end = new(ShutdownPhase.ActorSystemTerminate, TimeSpan.FromSeconds(1));
        Refused(end, end);
        Refused(new ShutdownPhase("other", TimeSpan.FromSeconds(1)));
        Refused(end with { Timeout = TimeSpan.Zero });

        static void Refused(params ShutdownPhase[] phases) =>
            Assert.Throws<ArgumentException>(() => ActorSystem.Create("x", new KernelSettings { ShutdownPhases = phases, Dispatcher = new TurnDispatcher(1) }));
    }
}
