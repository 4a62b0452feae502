using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pleiad.PromQL;

namespace Pleiad.Gateway.Tests;

/// <summary>Connections with a thread of their own, and those for which there is none.</summary>
public sealed class ThreadedTransportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly byte[] Query = Encoding.ASCII.GetBytes("GET /api/v1/query?query=1 HTTP/1.1\r\nHost: x\r\n\r\n");

    [Theory]
    [InlineData(64)]
    [InlineData(0)]
    public async Task A_client_that_goes_away_ends_a_query_that_never_waits(int threadsMax)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { ConnectionThreadsMax = threadsMax });
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using TcpClient client = await ConnectAsync(gateway);
        if (threadsMax > 0)
        {
            await OwnThreadAsync(gateway, client);
        }

        gateway.Node.Answer = cancel =>
        {
            // As a query does: on the thread that reads the connection.
            begun.SetResult();
            ended.SetResult(cancel.WaitHandle.WaitOne(Patience));
            throw new OperationCanceledException(cancel);
        };
        await client.GetStream().WriteAsync(Query);
        await begun.Task.WaitAsync(Patience);
        client.Dispose();
        Assert.True(await ended.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_query_runs_on_the_thread_of_its_connection_and_without_one_on_those_of_the_pool()
    {
        await using RunningGateway own = await RunningGateway.StartAsync();
        using TcpClient client = await ConnectAsync(own);
        Assert.Equal("connection", (await OwnThreadAsync(own, client)).Name);
        await using RunningGateway pooled = await RunningGateway.StartAsync(s => s with { ConnectionThreadsMax = 0 });
        using TcpClient other = await ConnectAsync(pooled);
        for (int i = 0; i < 3; i++)
        {
            Assert.True((await ThreadOfAsync(pooled, other)).IsThreadPoolThread);
        }
    }

    [Fact]
    public async Task A_busy_connection_holds_up_no_other_and_a_connection_beyond_the_limit_is_served_too()
    {
        using var pooled = new PooledCount();
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { ConnectionThreadsMax = 1 });
        Func<CancellationToken, Task<QueryResult>> answer = gateway.Node.Answer;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var mayEnd = new ManualResetEventSlim();
        gateway.Node.Answer = cancel =>
        {
            begun.SetResult();
            Assert.True(mayEnd.Wait(Patience, CancellationToken.None));
            return answer(cancel);
        };
        using TcpClient busy = await ConnectAsync(gateway);
        Task<string> first = AskAsync(busy);
        await begun.Task.WaitAsync(Patience);
        gateway.Node.Answer = answer;
        using TcpClient other = await ConnectAsync(gateway);
        Assert.EndsWith("[4,\"2\"]}}", await AskAsync(other), StringComparison.Ordinal);
        Assert.False(first.IsCompleted);
        Assert.Equal(1, pooled.Count);
        mayEnd.Set();
        Assert.EndsWith("[4,\"2\"]}}", await first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(0)]
    public async Task More_than_all_buffers_hold_goes_both_ways(int threadsMax)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { ConnectionThreadsMax = threadsMax });
        string text = new('x', 3_000_000);
        gateway.Node.AnswerWith(new StringValue(default, text));
        (int status, string body) = await gateway.PostAsync("/api/v1/query", "query=1&note=" + text);
        Assert.Equal(200, status);
        Assert.Contains(text, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_reads_late_gets_everything_and_holds_up_no_thread_of_the_pool()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string text = new('x', 3_000_000);
        Func<CancellationToken, Task<QueryResult>> small = gateway.Node.Answer;
        gateway.Node.AnswerWith(new StringValue(default, text));
        using TcpClient late = await ConnectAsync(gateway);
        await late.GetStream().WriteAsync(Query);
        await late.GetStream().ReadExactlyAsync(new byte[100]);
        gateway.Node.Answer = small;
        Assert.Equal(200, (await gateway.GetAsync("/api/v1/query?query=1")).Status);
        byte[] rest = new byte[text.Length];
        await late.GetStream().ReadExactlyAsync(rest);
        Assert.True(rest.AsSpan(1000, 1_000_000).IndexOfAnyExcept((byte)'x') < 0);
    }

    [Fact]
    public async Task A_gateway_stops_while_clients_are_connected_and_its_threads_end()
    {
        RunningGateway gateway = await RunningGateway.StartAsync();
        using TcpClient client = await ConnectAsync(gateway);
        Thread thread = await OwnThreadAsync(gateway, client);
        await gateway.DisposeAsync();
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
        Assert.True(thread.Join(Patience));
    }

    [Fact]
    public async Task Threads_are_used_again_and_never_more_than_there_may_be()
    {
        using var threads = new ConnectionThreads(2);
        ConnectionThreads.Seat first = threads.Take()!;
        ConnectionThreads.Seat second = threads.Take()!;
        Assert.Null(threads.Take());
        Thread thread = await RunAsync(first);

        // It comes back a moment after its work is done.
        ConnectionThreads.Seat? again;
        while ((again = threads.Take()) is null)
        {
            await Task.Yield();
        }

        Assert.Same(first, again);
        Assert.Same(thread, await RunAsync(again));
        Thread other = await RunAsync(second);
        threads.Dispose();
        Assert.True(thread.Join(Patience) && other.Join(Patience));
        Assert.Null(threads.Take());
    }

    private static async Task<Thread> RunAsync(ConnectionThreads.Seat seat)
    {
        var ran = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        seat.Begin(() => ran.SetResult(Thread.CurrentThread));
        return await ran.Task.WaitAsync(Patience);
    }

    // What came before Kestrel had begun to read, at first or again, is read by the thread that begins; what comes later, by that of the connection.
    private static async Task<Thread> OwnThreadAsync(RunningGateway gateway, TcpClient client)
    {
        for (int i = 0; i < 1000; i++)
        {
            if (await ThreadOfAsync(gateway, client) is { IsThreadPoolThread: false } own)
            {
                return own;
            }
        }

        throw new InvalidOperationException("no query ran on a thread of its own");
    }

    private static async Task<Thread> ThreadOfAsync(RunningGateway gateway, TcpClient client)
    {
        Func<CancellationToken, Task<QueryResult>> answer = gateway.Node.Answer;
        Thread? thread = null;
        gateway.Node.Answer = cancel =>
        {
            thread = Thread.CurrentThread;
            return answer(cancel);
        };
        await AskAsync(client);
        gateway.Node.Answer = answer;
        return thread!;
    }

    private static async Task<TcpClient> ConnectAsync(RunningGateway gateway)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Client.BaseAddress!.Port);
        return client;
    }

    // The answer, which fits one packet.
    private static async Task<string> AskAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync(Query);
        byte[] bytes = new byte[4096];
        int read = 0;
        while (!Encoding.ASCII.GetString(bytes, 0, read).EndsWith("}}", StringComparison.Ordinal))
        {
            int more = await client.GetStream().ReadAsync(bytes.AsMemory(read)).AsTask().WaitAsync(Patience);
            Assert.NotEqual(0, more);
            read += more;
        }

        return Encoding.ASCII.GetString(bytes, 0, read);
    }

    /// <summary>Connections that got no thread since it was made, in this process: no other test here has so low a limit.</summary>
    private sealed class PooledCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public PooledCount()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "pleiad_gateway_connections_pooled_total")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _count, count));
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
