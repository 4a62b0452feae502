// dotnet run -c Release --project bench/Bench -- --filter '*TransportBench*' --inProcess --warmupCount 2 --iterationCount 5
using System.Net;
using BenchmarkDotNet.Attributes;
using Pleiad.Kernel;

namespace Pleiad.Bench;

/// <summary>Two nodes of one process over loopback: small questions, and 64 KB messages one way.</summary>
[MemoryDiagnoser]
public class TransportBench
{
    private const int Questions = 100_000;
    private const int AtOnce = 512;
    private const int Messages = 4_000;
    private const int MessageBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly NodeIncarnation A = new(new Guid("aaaaaaaa-0000-0000-0000-000000000001"));
    private static readonly NodeIncarnation B = new(new Guid("bbbbbbbb-0000-0000-0000-000000000002"));

    private readonly byte[] _large = new byte[MessageBytes];
    private NodeTransport _asker = null!;
    private NodeTransport _answerer = null!;
    private PeerLink _link = null!;

    [GlobalSetup]
    public void Setup()
    {
        var anywhere = new IPEndPoint(IPAddress.Loopback, 0);
        _asker = NodeTransport.Listen(A, anywhere, new TransportSettings(), TimeProvider.System, static _ => throw new InvalidOperationException());
        _answerer = NodeTransport.Listen(
            B, anywhere, new TransportSettings(), TimeProvider.System,
            static message => new ValueTask<NodeMessage>(new NodeMessage(1, message.Message.Payload.Length > 64 ? default : message.Message.Payload)));
        _link = _asker.LinkTo(B, _answerer.Address);
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await _asker.DisposeAsync();
        await _answerer.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = Questions)]
    public Task SmallQuestions()
    {
        byte[] question = new byte[32];
        return Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Questions / AtOnce; i++)
            {
                NodeReply reply = await _link.AskAsync(Lane.Control, new NodeMessage(1, question), Patience);
                if (reply.Result != ReplyResult.Answered)
                {
                    throw new InvalidOperationException(reply.Reason);
                }
            }
        })));
    }

    /// <summary>One operation is one message of 64 KB.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task LargeMessages()
    {
        for (int sent = 0; sent < Messages; sent += 64)
        {
            for (int i = 0; i < 63; i++)
            {
                await _link.TellAsync(Lane.Replication, new NodeMessage(2, _large));
            }

            NodeReply reply = await _link.AskAsync(Lane.Replication, new NodeMessage(2, _large), Patience);
            if (reply.Result != ReplyResult.Answered)
            {
                throw new InvalidOperationException(reply.Reason);
            }
        }
    }
}
