using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Pleiad.Gateway;

/// <summary>Counts connections by the address they come from, so that one client cannot take them all; loopback is not counted.</summary>
internal sealed class ConnectionsPerAddress(int connectionsMax, GatewayMetrics metrics)
{
    private readonly ConcurrentDictionary<IPAddress, int> _open = new();

    /// <summary>Runs a connection, or closes it where its address has too many.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        IPAddress? from = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (from is null || IPAddress.IsLoopback(from))
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        try
        {
            if (_open.AddOrUpdate(from, 1, (_, open) => open + 1) > connectionsMax)
            {
                metrics.ConnectionRefused();
                connection.Abort();
                return;
            }

            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            int left = _open.AddOrUpdate(from, 0, (_, open) => open - 1);
            if (left == 0)
            {
                _open.TryRemove(new KeyValuePair<IPAddress, int>(from, 0));
            }
        }
    }
}
