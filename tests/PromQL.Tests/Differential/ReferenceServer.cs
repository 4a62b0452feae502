using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>Debian's Prometheus over the data of a differential test, as blocks on a directory of its own.</summary>
internal sealed class ReferenceServer : IDisposable
{
    private const string Server = "/usr/bin/prometheus";
    private const string Tool = "/usr/bin/promtool";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("pleiad-reference-").FullName;
    private readonly HttpClient _http;
    private Process? _process;

    private ReferenceServer(int port) => _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/") };

    public static bool IsInstalled => File.Exists(Server) && File.Exists(Tool);

    public static async Task<ReferenceServer> StartAsync(string openMetrics)
    {
        int port = FreePort();
        var server = new ReferenceServer(port);
        try
        {
            await server.LoadAsync(openMetrics);
            await File.WriteAllTextAsync(Path.Combine(server._folder, "prometheus.yml"), "global: {evaluation_interval: 1m}\n");
            server._process = Start(
                Server, "--config.file=" + Path.Combine(server._folder, "prometheus.yml"), "--storage.tsdb.path=" + server.Data,
                "--storage.tsdb.retention.time=100y", $"--web.listen-address=127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "--log.level=error");
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The answer of <c>query</c> or <c>query_range</c>; null for an error of evaluation.</summary>
    public async Task<JsonElement?> AskAsync(string path, params (string Name, string Value)[] parameters)
    {
        using var form = new FormUrlEncodedContent(parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)));
        using HttpResponseMessage answer = await _http.PostAsync(new Uri("api/v1/" + path, UriKind.Relative), form);
        JsonElement body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        if (body.GetProperty("status").GetString() == "success")
        {
            return body.GetProperty("data");
        }

        string kind = body.GetProperty("errorType").GetString()!;
        return kind == "execution" ? null : throw new InvalidOperationException($"{kind}: {body.GetProperty("error").GetString()}");
    }

    public void Dispose()
    {
        _http.Dispose();
        if (_process is not null)
        {
            if (!_process.HasExited)
            {
                _process.Kill();
                _process.WaitForExit();
            }

            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments))!;

    private async Task LoadAsync(string openMetrics)
    {
        string file = Path.Combine(_folder, "data.om");
        await File.WriteAllTextAsync(file, openMetrics);
        using Process tool = Start(Tool, "tsdb", "create-blocks-from", "openmetrics", "--quiet", file, Data);
        await tool.WaitForExitAsync();
        Assert.Equal(0, tool.ExitCode);
    }

    private async Task ReadyAsync()
    {
        using var hang = new CancellationTokenSource(Patience);
        using var next = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await next.WaitForNextTickAsync(hang.Token))
        {
            Assert.False(_process!.HasExited, "the reference server has ended");
            try
            {
                using HttpResponseMessage answer = await _http.GetAsync(new Uri("-/ready", UriKind.Relative), hang.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }
    }
}
