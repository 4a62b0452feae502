using System.Globalization;

namespace Pleiad.Cluster.Tests;

/// <summary>Gives one process a small share of one processor, by a control group of version 1 of its own; until it is disposed.</summary>
internal sealed class CpuShare : IDisposable
{
    private const string Groups = "/sys/fs/cgroup/cpu";
    private const int PeriodMicroseconds = 50_000;

    private readonly string _group;
    private readonly string _before;
    private readonly int _process;

    private CpuShare(string group, string before, int process) => (_group, _before, _process) = (group, before, process);

    /// <summary>Whether this machine lets us.</summary>
    public static bool IsAllowed()
    {
        string probe = NameFor(Environment.ProcessId);
        try
        {
            Directory.CreateDirectory(probe);
            bool hasQuota = File.Exists(Path.Combine(probe, "cpu.cfs_quota_us"));
            Directory.Delete(probe);
            return hasQuota;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>From now on the process has so much of one processor.</summary>
    public static CpuShare Limit(int process, double share)
    {
        string before = File.ReadAllLines($"/proc/{process}/cgroup").Select(static line => line.Split(':', 3))
            .Where(static part => part[1].Split(',').Contains("cpu", StringComparer.Ordinal)).Select(static part => part[2]).First();
        string group = NameFor(process);
        Directory.CreateDirectory(group);
        Write(group, "cpu.cfs_period_us", PeriodMicroseconds);
        Write(group, "cpu.cfs_quota_us", (int)(PeriodMicroseconds * share));
        Write(group, "cgroup.procs", process);
        return new CpuShare(group, Groups + before.TrimEnd('/'), process);
    }

    public void Dispose()
    {
        Write(_group, "cpu.cfs_quota_us", -1);
        if (Directory.Exists($"/proc/{_process}"))
        {
            Write(_before, "cgroup.procs", _process);
        }

        Directory.Delete(_group);
    }

    private static string NameFor(int process) => Path.Combine(Groups, string.Create(CultureInfo.InvariantCulture, $"pleiad-test-{process}"));

    private static void Write(string group, string name, int value) => File.WriteAllText(Path.Combine(group, name), value.ToString(CultureInfo.InvariantCulture));
}
