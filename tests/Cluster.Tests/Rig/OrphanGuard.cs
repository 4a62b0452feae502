using System.Diagnostics;
using System.Globalization;

namespace Pleiad.Cluster.Tests;

/// <summary>Ends the nodes of this process when it ends, however it ends: a shell that waits for its input to close.</summary>
internal static class OrphanGuard
{
    // A number that has become somebody else's meanwhile is left alone.
    private const string Watch = """
        while read -r pid; do pids="$pids $pid"; done
        for pid in $pids; do grep -qa -- --cluster.name "/proc/$pid/cmdline" 2>/dev/null && kill -KILL "$pid"; done
        exit 0
        """;

    private static readonly Lazy<Process> Shell = new(static () =>
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Watch);
        return Process.Start(start) ?? throw new InvalidOperationException("sh did not start");
    });

    /// <summary>Watches over a process from now on.</summary>
    public static void Add(int pid)
    {
        lock (Shell)
        {
            Shell.Value.StandardInput.WriteLine(pid.ToString(CultureInfo.InvariantCulture));
            Shell.Value.StandardInput.Flush();
        }
    }
}
