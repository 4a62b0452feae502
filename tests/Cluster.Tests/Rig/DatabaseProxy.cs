using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pleiad.Cluster.Tests;

/// <summary>
/// Stands between the nodes and their database, and cuts a connection of the journal on demand: after the database has committed and answered, before
/// the node has heard of it.
/// </summary>
internal sealed class DatabaseProxy : IDisposable
{
    private static readonly byte[] OfTheJournal = Encoding.ASCII.GetBytes("INSERT INTO journal_");

    private readonly string _socket;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _accepting;
    private int _armed;
    private int _cuts;

    /// <param name="socket">The file of the server's socket.</param>
    public DatabaseProxy(string socket)
    {
        _socket = socket;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>The next answer to an append is withheld, and its connection cut.</summary>
    public void CutNextCommit() => Volatile.Write(ref _armed, 1);

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _accepting.Wait();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_over.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using Socket disposed = client;
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        var connection = new Connection();
        try
        {
            client.NoDelay = true;
            await server.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cut.Token);
            await Task.WhenAny(
                PumpAsync(client, server, sent => connection.Sent(sent), cut.Token),
                PumpAsync(server, client, _ => !(connection.AwaitsCommit && TryCut()), cut.Token));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is away: so is the connection.
        }

        await cut.CancelAsync();
    }

    private bool TryCut()
    {
        if (Interlocked.CompareExchange(ref _armed, 0, 1) != 1)
        {
            return false;
        }

        Interlocked.Increment(ref _cuts);
        return true;
    }

    // Ends when either side does, or when what has come may not pass.
    private static async Task PumpAsync(Socket from, Socket to, Func<ReadOnlyMemory<byte>, bool> mayPass, CancellationToken cancel)
    {
        byte[] bytes = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(bytes, cancel)) > 0 && mayPass(bytes.AsMemory(0, read)))
            {
                for (int sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(bytes.AsMemory(sent, read - sent), cancel);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side has gone.
        }
    }

    /// <summary>What a connection is used for, as far as its first statements say: those of the journal append and do nothing else.</summary>
    private sealed class Connection
    {
        private volatile bool _isJournal;

        public bool AwaitsCommit => _isJournal;

        public bool Sent(ReadOnlyMemory<byte> bytes)
        {
            _isJournal |= bytes.Span.IndexOf(OfTheJournal) >= 0;
            return true;
        }
    }
}
