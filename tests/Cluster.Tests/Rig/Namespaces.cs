using System.Diagnostics;
using System.Globalization;

namespace Pleiad.Cluster.Tests;

/// <summary>A network namespace for each node, joined by a bridge: links between them can be cut. Needs root and the right to make namespaces.</summary>
internal sealed class Namespaces : IDisposable
{
    private readonly string _name;
    private readonly int _net;
    private readonly int _nodes;

    private Namespaces(string name, int net, int nodes)
    {
        _name = name;
        _net = net;
        _nodes = nodes;
    }

    /// <summary>Where this process is reached by the nodes.</summary>
    public string Client => Address(1);

    /// <summary>Where the database is.</summary>
    public string Database => Address(2);

    /// <summary>Makes them; null where that is not allowed.</summary>
    public static Namespaces? TryMake(int nodes)
    {
        int id = Environment.ProcessId;
        var made = new Namespaces(string.Create(CultureInfo.InvariantCulture, $"pl{id % 100000}"), 64 + (id % 128), nodes);
        try
        {
            made.Make();
            return made;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            made.Dispose();
            return null;
        }
    }

    /// <summary>The address of a node.</summary>
    public string Of(int node) => Address(10 + node);

    /// <summary>A command that runs another in the namespace of a node.</summary>
    public IReadOnlyList<string> In(int node) => ["ip", "netns", "exec", Space(node)];

    /// <summary>Nothing that a node sends to an address leaves it any more.</summary>
    public void Drop(int node, string address) => Run(["ip", "-n", Space(node), "route", "add", "blackhole", address + "/32"]);

    /// <summary>All links are as at the beginning.</summary>
    public void Heal()
    {
        for (int node = 0; node < _nodes; node++)
        {
            TryRun(["ip", "-n", Space(node), "route", "flush", "type", "blackhole"]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int node = 0; node < _nodes; node++)
        {
            TryRun(["ip", "netns", "del", Space(node)]);
        }

        TryRun(["ip", "link", "del", _name]);
    }

    private void Make()
    {
        Run(["ip", "link", "add", _name, "type", "bridge"]);
        Run(["ip", "addr", "add", Client + "/24", "dev", _name]);
        Run(["ip", "addr", "add", Database + "/24", "dev", _name]);
        Run(["ip", "link", "set", _name, "up"]);
        for (int node = 0; node < _nodes; node++)
        {
            string outer = $"{_name}v{node}";
            Run(["ip", "netns", "add", Space(node)]);
            Run(["ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", Space(node)]);
            Run(["ip", "link", "set", outer, "master", _name]);
            Run(["ip", "link", "set", outer, "up"]);
            Run(["ip", "-n", Space(node), "link", "set", "lo", "up"]);
            Run(["ip", "-n", Space(node), "addr", "add", Of(node) + "/24", "dev", "eth0"]);
            Run(["ip", "-n", Space(node), "link", "set", "eth0", "up"]);
        }
    }

    private string Space(int node) => $"{_name}n{node}";

    private string Address(int host) => string.Create(CultureInfo.InvariantCulture, $"10.77.{_net}.{host}");

    private static void Run(string[] command)
    {
        string said = TryRun(command) ?? "";
        if (said.Length > 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)}: {said}");
        }
    }

    // What it complained of; null where it did not.
    private static string? TryRun(string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException("ip did not start");
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : said.Length > 0 ? said : $"ended with {process.ExitCode}";
    }
}
