using System.Net;
using System.Net.Sockets;

namespace Pleiad.Outside.Tests;

/// <summary>What surrounds a node is wrong: it says so in words, does not loop, and loses nothing.</summary>
public sealed class SurroundingsTests
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_bad_configuration_is_refused_with_file_line_and_key()
    {
        using var scratch = new Scratch();
        string config = scratch.File("prometheus.yml", "global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: x\n    scrape_intervall: 5s\n");
        await using var pleiad = new PleiadServer(scratch.Folder("data"), config, RunningProgram.FreePort());
        Assert.NotEqual(0, await pleiad.WaitForExitAsync(EndLimit));
        Assert.Contains("prometheus.yml", pleiad.Output, StringComparison.Ordinal);
        Assert.Contains("line 5", pleiad.Output, StringComparison.Ordinal);
        Assert.Contains("scrape_intervall", pleiad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_configuration_file_is_named()
    {
        using var scratch = new Scratch();
        await using var pleiad = new PleiadServer(scratch.Folder("data"), Path.Combine(scratch.Path, "absent.yml"), RunningProgram.FreePort());
        Assert.NotEqual(0, await pleiad.WaitForExitAsync(EndLimit));
        Assert.Contains("absent.yml", pleiad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var scratch = new Scratch();
        await using var pleiad = new PleiadServer(scratch.Folder("data"), configFile: null, port);
        Assert.NotEqual(0, await pleiad.WaitForExitAsync(EndLimit));
        Assert.Contains($"127.0.0.1:{port}", pleiad.Output, StringComparison.Ordinal);
        Assert.Contains("in use", pleiad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_named()
    {
        using var scratch = new Scratch();
        string file = scratch.File("occupied", "a file, not a directory");
        await using var pleiad = new PleiadServer(Path.Combine(file, "data"), configFile: null, RunningProgram.FreePort());
        Assert.NotEqual(0, await pleiad.WaitForExitAsync(EndLimit));
        Assert.Contains("occupied", pleiad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_directory_is_refused()
    {
        using var scratch = new Scratch();
        string data = scratch.Folder("data");
        await using var first = new PleiadServer(data, configFile: null, RunningProgram.FreePort());
        await first.ReadyAsync(EndLimit);
        await using var second = new PleiadServer(data, configFile: null, RunningProgram.FreePort());
        Assert.NotEqual(0, await second.WaitForExitAsync(EndLimit));
        Assert.Contains("another process", second.Output, StringComparison.Ordinal);
        Assert.False(first.HasExited, first.Output);
    }

    [Fact]
    public async Task SIGTERM_ends_the_node_in_order_with_code_0_and_keeps_what_was_scraped()
    {
        using var scratch = new Scratch();
        await using PageServer exporter = await PageServer.StartAsync();
        exporter.Serve("/metrics", () => "canary_total 1\n");
        string config = CanaryConfig(scratch, exporter);
        string data = scratch.Folder("data");
        double seen;
        await using (var pleiad = new PleiadServer(data, config, RunningProgram.FreePort()))
        {
            await pleiad.ReadyAsync(EndLimit);
            await Pause.UntilAsync(async () => await CountAsync(pleiad) > 3, EndLimit, () => "no samples: " + pleiad.Output);
            seen = await CountAsync(pleiad);
            await pleiad.SignalAsync("TERM");
            Assert.Equal(0, await pleiad.WaitForExitAsync(EndLimit));
            Assert.Contains("Stopped after", pleiad.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("ran out of time", pleiad.Output, StringComparison.Ordinal);
        }

        await using var again = new PleiadServer(data, config, RunningProgram.FreePort());
        await again.ReadyAsync(EndLimit);
        Assert.True(await CountAsync(again) >= seen, "an orderly end lost samples");
        Dictionary<string, List<(long TimeMs, string Value)>> raw =
            await again.Client.RawAsync("up[1h]", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        Assert.Single(raw);
    }

    [SkippableFact]
    public async Task A_full_disk_stops_writing_not_answering_and_recovers_by_itself()
    {
        Skip.IfNot(Environment.UserName == "root", "mounting a tmpfs of 64 MB needs root");
        using var scratch = new Scratch();
        string data = scratch.Folder("data");
        Skip.IfNot(await RunAsync("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", data), "a tmpfs cannot be mounted here");
        try
        {
            await using PageServer exporter = await PageServer.StartAsync();
            exporter.Serve("/metrics", () => "canary_total 1\n");
            string config = CanaryConfig(scratch, exporter);
            await using var pleiad = new PleiadServer(data, config, RunningProgram.FreePort());
            await pleiad.ReadyAsync(EndLimit);
            await Pause.UntilAsync(async () => await CountAsync(pleiad) > 3, EndLimit, () => "no samples before the disk is full: " + pleiad.Output);

            string ballast = Path.Combine(data, "ballast");
            Fill(ballast);
            double atFull = await CountAsync(pleiad);
            await Pause.UntilAsync(
                async () => (await pleiad.Client.VectorAsync("time() - max(timestamp(canary_total))")).Values.Any(age => double.Parse(age, System.Globalization.CultureInfo.InvariantCulture) > 2),
                EndLimit,
                () => "writing goes on although the disk is full");
            Assert.True(await CountAsync(pleiad) >= atFull, "a full disk must not take away what was there");
            Assert.False(pleiad.HasExited, pleiad.Output);

            File.Delete(ballast);
            double before = await CountAsync(pleiad);
            await Pause.UntilAsync(
                async () => await CountAsync(pleiad) > before + 3, TimeSpan.FromSeconds(20), () => "it does not recover when there is space again: " + pleiad.Output);

            double settled = await CountAsync(pleiad);
            await pleiad.KillAsync();
            await using var again = new PleiadServer(data, config, RunningProgram.FreePort());
            await again.ReadyAsync(EndLimit);
            Assert.True(await CountAsync(again) >= settled, $"{settled} samples before, {await CountAsync(again)} after a restart");
        }
        finally
        {
            await RunAsync("umount", "-l", data);
        }
    }

    [SkippableFact]
    public async Task A_clock_that_jumps_is_said_ends_no_process_and_loses_nothing()
    {
        const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
        Skip.IfNot(File.Exists(FakeTime), "Debian's faketime is not installed");
        using var scratch = new Scratch();
        await using PageServer exporter = await PageServer.StartAsync();
        exporter.Serve("/metrics", () => "canary_total 1\n");
        string config = CanaryConfig(scratch, exporter);
        string clock = scratch.File("clock", "+0s");
        await using var pleiad = new PleiadServer(scratch.Folder("data"), config, RunningProgram.FreePort(), new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = FakeTime, ["FAKETIME_TIMESTAMP_FILE"] = clock, ["FAKETIME_NO_CACHE"] = "1", ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        });
        await pleiad.ReadyAsync(EndLimit);
        await Pause.UntilAsync(async () => await CountAsync(pleiad) > 3, EndLimit, () => "no samples before the jump: " + pleiad.Output);

        await File.WriteAllTextAsync(clock, "+10m");
        double before = await CountAsync(pleiad);
        await Pause.UntilAsync(
            async () => await CountAsync(pleiad) > before + 3, EndLimit, () => "it does not go on after a jump forwards: " + pleiad.Output);
        await Pause.UntilAsync(
            () => Task.FromResult(pleiad.Output.Contains("clock jumped", StringComparison.Ordinal)), EndLimit, () => "the jump is not said: " + pleiad.Output);

        double settled = await CountAsync(pleiad);
        await File.WriteAllTextAsync(clock, "+0s");
        await Pause.UntilAsync(
            () => Task.FromResult(pleiad.Output.Contains("backwards", StringComparison.Ordinal)), EndLimit, () => "the jump back is not said: " + pleiad.Output);
        Assert.False(pleiad.HasExited, pleiad.Output);
        double later = (await pleiad.Client.VectorAsync("count_over_time(canary_total[1h])", DateTimeOffset.UtcNow.AddMinutes(11).ToUnixTimeSeconds()))
            .Values.Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
        Assert.True(later >= settled, $"{settled} samples before the clock went back, {later} after");
    }

    private static string CanaryConfig(Scratch scratch, PageServer exporter) => scratch.File("prometheus.yml", $$"""
        global: {scrape_interval: 250ms, scrape_timeout: 250ms}
        scrape_configs:
          - job_name: canary
            static_configs: [{targets: ['{{exporter.Address}}']}]
        """);

    private static void Fill(string path)
    {
        using FileStream file = File.Create(path);
        byte[] block = new byte[1 << 16];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // That the disk is full is what was wanted.
        }
    }

    private static async Task<double> CountAsync(PleiadServer pleiad) =>
        (await pleiad.Client.VectorAsync("count_over_time(canary_total[1h])")).Values
            .Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            await using var run = new RunningProgram(program, arguments);
            return await run.WaitForExitAsync(EndLimit) == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
