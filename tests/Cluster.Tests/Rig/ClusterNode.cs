using System.Globalization;
using Pleiad.Outside.Tests;

namespace Pleiad.Cluster.Tests;

/// <summary>A node of a cluster that a test has started.</summary>
internal sealed class ClusterNode : RunningProgram
{
    private ClusterNode(IReadOnlyList<string> command, string url)
        : base(command[0], command.Skip(1))
    {
        Client = new PromClient(url);
        OrphanGuard.Add(Id);
    }

    public PromClient Client { get; }

    /// <summary>Starts it.</summary>
    /// <param name="prefix">What it runs under; empty for nothing.</param>
    /// <param name="host">Its address.</param>
    /// <param name="port">Of its HTTP API.</param>
    /// <param name="arguments">The others.</param>
    public static ClusterNode Start(IReadOnlyList<string> prefix, string host, int port, IEnumerable<string> arguments) => new(
        [.. prefix, PleiadServer.Binary, string.Create(CultureInfo.InvariantCulture, $"--web.listen-address={host}:{port}"), .. arguments],
        string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}"));

    public override ValueTask DisposeAsync()
    {
        Client.Dispose();
        return base.DisposeAsync();
    }
}
