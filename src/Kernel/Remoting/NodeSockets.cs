using System.Net.Sockets;

namespace Pleiad.Kernel;

/// <summary>What all connections between nodes ask of their sockets.</summary>
internal static class NodeSockets
{
    private const int KeepAliveSeconds = 1;

    // IPPROTO_TCP and TCP_USER_TIMEOUT of Linux (tcp(7)): milliseconds that sent bytes may stay unacknowledged, keep-alive probes among them.
    private const int LinuxTcp = 6;
    private const int LinuxUserTimeout = 18;

    /// <summary>
    /// Sends at once, and breaks when the other machine is silent for too long. By itself TCP sends again for a quarter of an hour, and who only waits for an answer never learns that
    /// the way back is gone. Elsewhere than on Linux only the latter is found out.
    /// </summary>
    public static void Prepare(Socket socket, TransportSettings settings)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Math.Max(1, (int)settings.SilenceMax.TotalSeconds - KeepAliveSeconds));
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(LinuxTcp, LinuxUserTimeout, BitConverter.GetBytes((int)settings.SilenceMax.TotalMilliseconds));
        }
    }
}
