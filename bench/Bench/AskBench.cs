// dotnet run -c Release --project bench/Bench -- --filter '*AskBench*' --inProcess --warmupCount 3 --iterationCount 5 --invocationCount 8 --unrollFactor 1
using BenchmarkDotNet.Attributes;
using Pleiad.Kernel;

namespace Pleiad.Bench;

/// <summary>A question and its answer: one at a time (latency), and many at once.</summary>
[MemoryDiagnoser]
public class AskBench
{
    private const int Questions = 10_000;
    private const int AtOnce = 100;

    private static readonly object s_question = new();

    private ActorSystem _system = null!;
    private ActorRef _echo = null!;

    [GlobalSetup]
    public void Setup()
    {
        _system = ActorSystem.Create("bench");
        _echo = _system.ActorOf(Props.Create(() => new Echo()));
    }

    [GlobalCleanup]
    public Task Cleanup() => _system.TerminateAsync();

    [Benchmark(OperationsPerInvoke = Questions)]
    public async Task OneAtATime()
    {
        for (int i = 0; i < Questions; i++)
        {
            await _echo.Ask<object>(s_question, TimeSpan.FromSeconds(30), CancellationToken.None);
        }
    }

    [Benchmark(OperationsPerInvoke = Questions)]
    public async Task HundredAtOnce()
    {
        Task[] answers = new Task[AtOnce];
        for (int i = 0; i < Questions; i += AtOnce)
        {
            for (int k = 0; k < AtOnce; k++)
            {
                answers[k] = _echo.Ask<object>(s_question, TimeSpan.FromSeconds(30), CancellationToken.None);
            }

            await Task.WhenAll(answers);
        }
    }

    private sealed class Echo : Actor
    {
        protected override void Receive(object message) => Sender.Tell(message, Self);
    }
}
