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

    [Theory]
    [InlineData(4000, 3000, false, 3760L)]
    [InlineData(512, 384, false, 464L)]
    [InlineData(128, 96, false, null)]
    [InlineData(4000, 4000, false, null)]
    [InlineData(4000, 3000, true, null)]
    public void The_heap_may_use_what_the_group_has_but_for_what_others_need(long groupMegabytes, long heapMegabytes, bool isSetByUser, long? expected) =>
        Assert.Equal(expected << 20, CollectorLimit.Wanted(groupMegabytes << 20, heapMegabytes << 20, isSetByUser));

    private static long Limit(Dictionary<string, string> files) =>
        ProcessMemory.LimitOfSurroundings(path => path == "/proc/meminfo" ? Machine : files.GetValueOrDefault(path));
}
