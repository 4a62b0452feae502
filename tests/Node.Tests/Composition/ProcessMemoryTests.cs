using Xunit;

namespace Pleiad.Node.Tests;

public sealed class ProcessMemoryTests
{
    private const string Machine = "MemTotal:       1000 kB\nMemFree: 1 kB\n";

    [Fact]
    public void Without_groups_the_machine_is_the_limit() => Assert.Equal(1_024_000, Limit([]));

    [Fact]
    public void The_smallest_of_the_groups_above_is_the_limit()
    {
        Assert.Equal(1_024_000, Limit(new() { ["/proc/self/cgroup"] = "0::/a/b\n", ["/sys/fs/cgroup/a/b/memory.max"] = "max\n" }));
        Assert.Equal(700, Limit(new()
        {
            ["/proc/self/cgroup"] = "0::/a/b\n", ["/sys/fs/cgroup/a/b/memory.max"] = "max\n", ["/sys/fs/cgroup/a/memory.max"] = "700\n",
        }));
        Assert.Equal(600, Limit(new() { ["/proc/self/cgroup"] = "0::/elsewhere\n", ["/sys/fs/cgroup/memory.max"] = "600\n" }));
        Assert.Equal(500, Limit(new()
        {
            ["/proc/self/cgroup"] = "9:cpu,memory:/x\n3:cpuset:/y\n",
            ["/sys/fs/cgroup/memory/x/memory.limit_in_bytes"] = "500\n",
            ["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "9223372036854771712\n",
        }));
    }

    [Fact]
    public void What_is_said_wins_and_something_is_in_use()
    {
        var memory = new ProcessMemory(12345);
        Assert.Equal(12345, memory.LimitBytes);
        Assert.InRange(memory.UsedBytes(), 1 << 20, long.MaxValue);
        memory.Collect();
        Assert.InRange(new ProcessMemory(0).LimitBytes, 1 << 20, long.MaxValue);
    }

    private static long Limit(Dictionary<string, string> files) =>
        ProcessMemory.LimitOfSurroundings(path => path == "/proc/meminfo" ? Machine : files.GetValueOrDefault(path));
}
