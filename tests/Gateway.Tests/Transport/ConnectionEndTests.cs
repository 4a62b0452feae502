using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Pleiad.Gateway.Tests;

/// <summary>Whoever hears that a connection has ended may do what it likes.</summary>
public sealed class ConnectionEndTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_fails_on_hearing_that_a_connection_has_ended_is_logged_and_ends_nothing_else()
    {
        var log = new ListLogger();
        using var transport = new ThreadedTransport(4, 64 * 1024, new SharedPools(), static () => { }, TimeProvider.System, log);
        await using IConnectionListener listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), CancellationToken.None);
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.EndPoint);
        ConnectionContext connection = (await listener.AcceptAsync(CancellationToken.None))!;
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration other = connection.ConnectionClosed.Register(() => heard.SetResult());
        using CancellationTokenRegistration failing = connection.ConnectionClosed.Register(static () => throw new InvalidOperationException("on purpose"));
        client.Dispose();
        await heard.Task.WaitAsync(Patience);
        await connection.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.Contains(log.Failures, static failure => failure is AggregateException { InnerException: InvalidOperationException { Message: "on purpose" } });
    }

    private sealed class SharedPools : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => MemoryPool<byte>.Shared;
    }

    private sealed class ListLogger : ILogger
    {
        public ConcurrentQueue<Exception> Failures { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null)
            {
                Failures.Enqueue(exception);
            }
        }
    }
}
