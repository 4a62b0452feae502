using System.Globalization;
using Pleiad.Actors;

namespace Pleiad.Node;

/// <summary>The memory of this process, as Linux tells it; elsewhere as the runtime does.</summary>
/// <remarks>proc(5), statm; cgroups(7): memory.max of version 2, memory.limit_in_bytes of version 1.</remarks>
internal sealed class ProcessMemory : IMemoryGauge
{
    private const string Statm = "/proc/self/statm";

    private readonly bool _hasStatm = File.Exists(Statm);

    /// <param name="limitBytes">What the process may use; 0: what its control group, or else its machine, has.</param>
    public ProcessMemory(long limitBytes) => LimitBytes = limitBytes > 0 ? limitBytes : LimitOfSurroundings();

    /// <inheritdoc/>
    public long LimitBytes { get; }

    /// <inheritdoc/>
    public long UsedBytes()
    {
        if (!_hasStatm)
        {
            return Environment.WorkingSet;
        }

        // Resident pages, less those of files and shared memory: blocks are mapped, and the system forgets their pages when it needs to.
        string[] pages = File.ReadAllText(Statm).Split(' ');
        return (Number(pages[1]) - Number(pages[2])) * Environment.SystemPageSize;
    }

    /// <inheritdoc/>
    public void Collect() => RuntimeHeap.CollectWhole();

    /// <summary>The smallest of the limits of the control groups that this process is in, and of the machine's memory.</summary>
    public static long LimitOfSurroundings() => LimitOfSurroundings(ReadOrNull);

    /// <summary>The same, of what files say.</summary>
    /// <param name="read">The text of a file, or null where it cannot be read.</param>
    internal static long LimitOfSurroundings(Func<string, string?> read)
    {
        long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (read("/proc/meminfo") is { } machine)
        {
            string line = machine.Split('\n').First(static line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
            limit = Number(line["MemTotal:".Length..].Replace("kB", string.Empty, StringComparison.Ordinal)) * 1024;
        }

        foreach (string line in (read("/proc/self/cgroup") ?? string.Empty).Split('\n'))
        {
            // "0::/path" of version 2, "9:memory:/path" of version 1. In a container the path may be one of the machine: then the root is ours.
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3)
            {
                continue;
            }

            (string root, string file) = parts[1].Length == 0 ? ("/sys/fs/cgroup", "memory.max")
                : parts[1].Split(',').Contains("memory") ? ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
                : (string.Empty, string.Empty);
            for (string? path = parts[2]; root.Length > 0 && path is not null; path = Path.GetDirectoryName(path))
            {
                if (read($"{root}{path.TrimEnd('/')}/{file}") is { } text
                    && long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
                {
                    limit = Math.Min(limit, bytes);
                }
            }
        }

        return limit;
    }

    private static string? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
}
