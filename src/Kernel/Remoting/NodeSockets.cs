using System.Buffers.Binary;
using System.Net.Sockets;

namespace Pleiad.Kernel;

/// <summary>What all connections between nodes ask of their sockets.</summary>
internal static class NodeSockets
{
    private const int KeepAliveSeconds = 1;

    // IPPROTO_TCP and TCP_INFO of Linux (tcp(7)), and of struct tcp_info (linux/tcp.h) the bytes where segments without acknowledgement are counted and where the milliseconds since
    // the last acknowledgement stand.
    private const int LinuxTcp = 6;
    private const int LinuxInfo = 11;
    private const int UnackedAt = 24;
    private const int LastAckAt = 56;
    private const int InfoBytes = 60;

    /// <summary>
    /// Sends at once, and asks the other machine each second whether it is there when nothing else is said: who only waits for an answer would never learn that the way back is gone.
    /// </summary>
    public static void Prepare(Socket socket, TransportSettings settings)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Math.Max(1, (int)settings.SilenceMax.TotalSeconds - KeepAliveSeconds));
    }

    /// <summary>
    /// Whether bytes were sent and the other machine has acknowledged nothing at all for too long; TCP by itself sends them again for a quarter of an hour. A machine whose process
    /// does not read acknowledges all the same, which is why this is not <c>TCP_USER_TIMEOUT</c>. Known on Linux alone.
    /// </summary>
    public static bool IsSilent(Socket socket, TransportSettings settings)
    {
        Span<byte> info = stackalloc byte[InfoBytes];
        return OperatingSystem.IsLinux()
            && socket.GetRawSocketOption(LinuxTcp, LinuxInfo, info) == InfoBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(info[UnackedAt..]) > 0
            && BinaryPrimitives.ReadUInt32LittleEndian(info[LastAckAt..]) > settings.SilenceMax.TotalMilliseconds;
    }
}
