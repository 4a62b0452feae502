using System.Diagnostics;
using Pleiad.Outside.Tests;
using Xunit.Abstractions;

namespace Pleiad.Cluster.Tests;

/// <summary>Rows of disks.</summary>
[Collection("faults")]
public sealed class DiskRows(ITestOutputHelper output) : FaultRowBase(output)
{
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(15);

    /// <summary>The disk of a node is full for a while.</summary>
    [SkippableFact]
    [Trait("row", "D1")]
    public Task D1_a_disk_is_full() => RunAsync("D1", async cluster =>
    {
        int victim = Chance.Next(FaultCluster.Nodes);
        RunFigures run;
        using (SmallDisk disk = await MoveToSmallDiskAsync(cluster, victim))
        {
            run = await FaultAsync(
                cluster,
                () =>
                {
                    disk.Fill();
                    return Task.CompletedTask;
                },
                during: async () =>
                {
                    long began = Stopwatch.GetTimestamp();
                    await Pause.UntilAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(began) > FullFor), FaultCluster.Patience, static () => "");
                    Assert.True(cluster.Runs(victim), cluster.Node(victim).Output);
                    disk.Free();
                });
            await cluster.KillAsync(victim);
        }

        // Below the disk its directory is as it was before: the node goes on from there.
        await cluster.StartNodesAsync(victim);
        await cluster.UntilSettledAsync();
        return run;
    });

    // What it has so far stays behind: it copies its shards from the others, as on a new disk.
    private static async Task<SmallDisk> MoveToSmallDiskAsync(FaultCluster cluster, int victim)
    {
        await cluster.KillAsync(victim);
        SmallDisk? disk = SmallDisk.TryMount(cluster.DataOf(victim));
        Skip.If(disk is null, "a small disk cannot be mounted here: that needs root");
        try
        {
            await cluster.StartNodesAsync(victim);
            await cluster.UntilSettledAsync();
            return disk;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    /// <summary>A disk of 64 MiB in memory.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _path;

        private SmallDisk(string path) => _path = path;

        private string Filler => Path.Combine(_path, "filler");

        public static SmallDisk? TryMount(string path) => Runs("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", path) ? new SmallDisk(path) : null;

        public void Fill()
        {
            using FileStream file = File.Create(Filler);
            byte[] bytes = new byte[64 * 1024];
            for (int i = 0; i < 1024; i++)
            {
                try
                {
                    file.Write(bytes);
                    file.Flush();
                }
                catch (IOException)
                {
                    return;
                }
            }
        }

        public void Free() => File.Delete(Filler);

        // Lazily: the node may still be at it.
        public void Dispose() => Runs("umount", "-l", _path);

        private static bool Runs(string command, params string[] arguments)
        {
            var start = new ProcessStartInfo(command) { RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (string argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start");
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
