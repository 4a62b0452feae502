using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Pleiad.Outside.Tests;

/// <summary>A program started by a test: its output is kept, and it does not outlive the test.</summary>
internal class RunningProgram : IAsyncDisposable
{
    private const int LinesKeptMax = 400;
    private const int PortsFrom = 12_000;
    private const int PortsTo = 32_000;

    private static int _lastPort = RandomNumberGenerator.GetInt32(PortsTo);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    public RunningProgram(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it printed last.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes => ProcStatus("VmRSS:");

    /// <summary>The most resident memory it had since its start or the last <see cref="ForgetResidentBytesPeak"/>, in bytes.</summary>
    public long ResidentBytesPeak => ProcStatus("VmHWM:");

    /// <summary>Lets <see cref="ResidentBytesPeak"/> begin again at what is resident now (proc(5), clear_refs, value 5).</summary>
    public void ForgetResidentBytesPeak() => File.WriteAllText($"/proc/{Id.ToString(CultureInvariant)}/clear_refs", "5");

    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var cancel = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} did not end within {limit}. Its output:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL, at once.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, SIGHUP and so on, through kill(1).</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInvariant)]);
        await kill.WaitForExitAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    /// <summary>
    /// A port of the loopback interface that was free a moment ago, each but once. Below those that the system gives to outgoing connections (32768 and up):
    /// it is still free when a program that had it starts again.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = PortsFrom + (int)((uint)Interlocked.Increment(ref _lastPort) % (PortsTo - PortsFrom));
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    /// <summary>The full path of a program, or null where it is not installed.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .Append("/usr/sbin").Append("/usr/bin")
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    private static System.Globalization.CultureInfo CultureInvariant => System.Globalization.CultureInfo.InvariantCulture;

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > LinesKeptMax)
        {
            _lines.TryDequeue(out _);
        }
    }

    private long ProcStatus(string key) => long.Parse(
        File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", string.Empty, StringComparison.Ordinal).Trim(),
        CultureInvariant) * 1024;
}

/// <summary>A server with Prometheus's HTTP API.</summary>
internal abstract class PromServer(
    string file, IEnumerable<string> arguments, int port, IReadOnlyDictionary<string, string>? environment = null)
    : RunningProgram(file, arguments, environment)
{
    public int Port { get; } = port;

    public PromClient Client { get; } = new($"http://127.0.0.1:{port}");

    public async Task ReadyAsync(TimeSpan limit)
    {
        long end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        while (!await Client.IsReadyAsync())
        {
            if (HasExited)
            {
                throw new InvalidOperationException($"ended with code {ExitCode} before it was ready. Its output:\n{Output}");
            }

            if (Stopwatch.GetTimestamp() > end)
            {
                throw new TimeoutException($"not ready within {limit}. Its output:\n{Output}");
            }

            await Pause.ShortAsync();
        }
    }

    public override ValueTask DisposeAsync()
    {
        Client.Dispose();
        return base.DisposeAsync();
    }
}

/// <summary>Our own binary.</summary>
internal sealed class PleiadServer(
    string dataPath, string? configFile, int port, IReadOnlyDictionary<string, string>? environment, params string[] more)
    : PromServer(Binary, Arguments(dataPath, configFile, port, more), port, environment)
{
    public PleiadServer(string dataPath, string? configFile, int port, params string[] more)
        : this(dataPath, configFile, port, environment: null, more)
    {
    }

    /// <summary>The binary of the configuration that the tests are built in; the variable PLEIAD names another.</summary>
    public static string Binary { get; } = Environment.GetEnvironmentVariable("PLEIAD")
        ?? Path.Combine(Repository.Root, "src/Node/bin", Repository.Configuration, "net10.0/pleiad");

    private static IEnumerable<string> Arguments(string dataPath, string? configFile, int port, string[] more)
    {
        yield return $"--storage.path={dataPath}";
        yield return $"--web.listen-address=127.0.0.1:{port}";
        if (configFile is not null)
        {
            yield return $"--config.file={configFile}";
        }

        foreach (string argument in more)
        {
            yield return argument;
        }
    }
}

/// <summary>Debian's Prometheus.</summary>
internal sealed class PrometheusServer(string dataPath, string configFile, int port, params string[] more)
    : PromServer(
        Find("prometheus") ?? "prometheus",
        [$"--storage.tsdb.path={dataPath}", $"--config.file={configFile}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn", .. more],
        port)
{
    public static bool IsInstalled => Find("prometheus") is not null;
}

/// <summary>Waits between polls of something outside this process, which cannot be awaited.</summary>
internal static class Pause
{
    public static async Task ShortAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        await timer.WaitForNextTickAsync();
    }

    /// <summary>Polls until a condition of an outside process holds, or fails with what was missing.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> missing)
    {
        long end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        while (!await condition())
        {
            if (Stopwatch.GetTimestamp() > end)
            {
                throw new TimeoutException($"within {limit}: {missing()}");
            }

            await ShortAsync();
        }
    }
}
