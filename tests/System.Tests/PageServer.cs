using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pleiad.Outside.Tests;

/// <summary>Serves exposition pages by path on a loopback port; a page may be anything that writes a response.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _pages = new();

    private PageServer(WebApplication app, IPAddress at, int port)
    {
        _app = app;
        Port = port;
        Address = $"{at}:{port}";
    }

    public int Port { get; }

    public string Address { get; }

    /// <summary>Starts one.</summary>
    /// <param name="at">Where it listens; null for the loopback interface.</param>
    public static async Task<PageServer> StartAsync(IPAddress? at = null)
    {
        at ??= IPAddress.Loopback;
        int port = RunningProgram.FreePort();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(at, port));
        WebApplication app = builder.Build();
        var server = new PageServer(app, at, port);
        app.Run(context => server._pages.TryGetValue(context.Request.Path.Value ?? "/", out Func<HttpContext, Task>? page)
            ? page(context)
            : NotFound(context));
        await app.StartAsync();
        return server;
    }

    /// <summary>A page of text, made anew at each request.</summary>
    public void Serve(string path, Func<string> text, string contentType = "text/plain; version=0.0.4; charset=utf-8") =>
        _pages[path] = context =>
        {
            context.Response.ContentType = contentType;
            return context.Response.WriteAsync(text(), context.RequestAborted);
        };

    /// <summary>Anything else.</summary>
    public void Serve(string path, Func<HttpContext, Task> page) => _pages[path] = page;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
