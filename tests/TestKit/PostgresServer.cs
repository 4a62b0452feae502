using System.Diagnostics;

namespace Pleiad.TestKit;

/// <summary>A PostgreSQL server of one test's own, on a Unix socket in a directory of its own, gone when disposed.</summary>
/// <remarks>It runs under a shell that ends it when this process ends, however it ends. As root it runs as the user <c>postgres</c>, for it refuses root.</remarks>
public sealed class PostgresServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TempDirectory _directory = new();
    private readonly string _programs;
    private readonly string _listens;
    private Process? _process;

    private PostgresServer(string programs, string listens)
    {
        _programs = programs;
        _listens = listens;
        if (IsRoot)
        {
            Run("chown", "postgres", _directory.Path);
        }

        RunAsOwner(Path.Combine(_programs, "initdb"), "-D", DataPath, "-U", "pleiad", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        if (listens.Length > 0)
        {
            File.AppendAllText(Path.Combine(DataPath, "pg_hba.conf"), "host all all 10.0.0.0/8 trust\n");
        }

        Start();
    }

    /// <summary>The directory of its socket; the port is 5432.</summary>
    public string SocketPath => _directory.Path;

    /// <summary>For Npgsql; the database is <c>postgres</c>.</summary>
    public string Connection => $"Host={SocketPath};Port=5432;Username=pleiad;Database=postgres;Timeout=60";

    private string DataPath => _directory["data"];

    private string LaggingPath => _directory["lagging"];

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>A running server; null where PostgreSQL is not installed.</summary>
    /// <param name="listens">An address of 10.0.0.0/8 where it listens too; port 5432.</param>
    public static PostgresServer? TryStart(string listens = "")
    {
        string? programs = FindPrograms();
        return programs is null ? null : new PostgresServer(programs, listens);
    }

    /// <summary>Remembers what it has now, as a standby would that lags behind from here on. It must not run.</summary>
    public void Remember()
    {
        Run("rm", "-rf", LaggingPath);
        Run("cp", "-a", DataPath, LaggingPath);
    }

    /// <summary>Goes back to what was remembered: everything committed since is lost, as when that standby takes over. It must not run.</summary>
    public void GoBack()
    {
        Run("rm", "-rf", DataPath);
        Run("cp", "-a", LaggingPath, DataPath);
    }

    /// <summary>Starts it and waits until it accepts connections.</summary>
    public void Start()
    {
        const string Serve = """
            "$1" -D "$2" -k "$3" -c listen_addresses="$4" -c port=5432 -c shared_buffers=32MB -c max_connections=60 -c autovacuum=off 2>&1 &
            server=$!
            cat >/dev/null
            kill -QUIT $server
            wait $server
            """;
        string[] command = ["sh", "-c", Serve, "postgres", Path.Combine(_programs, "postgres"), DataPath, SocketPath, _listens];
        Process process = Process.Start(StartOf(AsOwner(command))) ?? throw new InvalidOperationException("the server did not start");
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        process.OutputDataReceived += (_, line) =>
        {
            lock (said)
            {
                said.Add(line.Data ?? "");
            }

            if (line.Data is null)
            {
                ready.TrySetException(new InvalidOperationException("PostgreSQL ended: " + string.Join('\n', said)));
            }
            else if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        };
        process.BeginOutputReadLine();
        _process = process;
        if (!ready.Task.Wait(Patience))
        {
            throw new InvalidOperationException("PostgreSQL did not start in time: " + string.Join('\n', said));
        }
    }

    /// <summary>Ends it at once, without a checkpoint: what a crash of the server looks like from outside.</summary>
    public void Crash()
    {
        if (_process is { } process)
        {
            _process = null;
            process.StandardInput.Close();
            process.WaitForExit(Patience);
            process.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Crash();
        _process?.Dispose();
        _directory.Dispose();
    }

    /// <summary>Asks it in SQL.</summary>
    /// <returns>A line for each row, columns apart by a bar.</returns>
    /// <exception cref="InvalidOperationException">It answers with an error, or not at all.</exception>
    public string Ask(string sql)
    {
        ProcessStartInfo start = StartOf([Path.Combine(_programs, "psql"), "-h", SocketPath, "-p", "5432", "-U", "pleiad", "-v", "ON_ERROR_STOP=1", "-qAtc", sql, "postgres"]);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("psql did not start");
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"psql ended with {process.ExitCode}: {output}");
    }

    private static string? FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        IEnumerable<string> versions = Directory.Exists(Debian)
            ? Directory.EnumerateDirectories(Debian).OrderByDescending(path => path, StringComparer.Ordinal).Select(path => Path.Combine(path, "bin"))
            : [];
        return versions.Append("/usr/bin").Append("/usr/local/bin").FirstOrDefault(path => File.Exists(Path.Combine(path, "initdb")));
    }

    private void RunAsOwner(params string[] command)
    {
        string[] full = AsOwner(command);
        Run(full[0], full[1..]);
    }

    private static string[] AsOwner(string[] command) => IsRoot ? ["runuser", "-u", "postgres", "--", .. command] : command;

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(StartOf([program, .. arguments])) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output}");
        }
    }

    private static ProcessStartInfo StartOf(string[] command)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
            Environment = { ["LC_ALL"] = "C" },
        };
        foreach (string argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
