// dotnet run -c Release --project bench/Bench -- --filter '*PageFetchBench*' --inProcess --warmupCount 3 --iterationCount 5
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BenchmarkDotNet.Attributes;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Bench;

/// <summary>One scrape's fetch over loopback on a kept connection: a page of 1 000 series, plain and packed. The server's half is included.</summary>
[MemoryDiagnoser]
public class PageFetchBench : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private TcpListener _plain = null!;
    private TcpListener _packed = null!;
    private PageFetcher _pool = null!;
    private TargetFetcher _fetchPlain = null!;
    private TargetFetcher _fetchPacked = null!;

    [GlobalSetup]
    public void Setup()
    {
        var page = new StringBuilder("# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\n");
        for (int i = 0; i < 1_000; i++)
        {
            page.Append($"http_requests_total{{method=\"get\",path=\"/api/v1/items/{i}\",code=\"200\"}} {i * 7919}\n");
        }

        byte[] body = Encoding.UTF8.GetBytes(page.ToString());
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        _plain = Serve(Answer(body, string.Empty));
        _packed = Serve(Answer(packed.ToArray(), "Content-Encoding: gzip\r\n"));
        ScrapeConfig job = ScrapeConfigFile.Parse("scrape_configs: [{job_name: bench}]", "bench.yml").ScrapeConfigs[0];
        _pool = new PageFetcher(job, job.LimitsWith(ScrapeLimits.Default), TimeProvider.System, "Pleiad/bench");
        _fetchPlain = FetcherOf(job, _plain);
        _fetchPacked = FetcherOf(job, _packed);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _stop.Cancel();
        _pool.Dispose();
        _plain.Dispose();
        _packed.Dispose();
        _stop.Dispose();
    }

    [Benchmark]
    public async Task<int> Plain()
    {
        using FetchOutcome outcome = await _fetchPlain.FetchAsync(CancellationToken.None);
        return outcome.IsPage ? outcome.BodyBytes : throw new InvalidOperationException(outcome.Error);
    }

    [Benchmark]
    public async Task<int> Packed()
    {
        using FetchOutcome outcome = await _fetchPacked.FetchAsync(CancellationToken.None);
        return outcome.IsPage ? outcome.BodyBytes : throw new InvalidOperationException(outcome.Error);
    }

    private TargetFetcher FetcherOf(ScrapeConfig job, TcpListener server)
    {
        string address = ((IPEndPoint)server.LocalEndpoint).ToString();
        return _pool.For(new TargetBuilder(job).Build(Labels.From((LabelName.Address, address)), Labels.Empty).Target!);
    }

    private TcpListener Serve(byte[] answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = AcceptAsync(listener, answer, _stop.Token);
        return listener;
    }

    private static async Task AcceptAsync(TcpListener listener, byte[] answer, CancellationToken stop)
    {
        byte[] request = new byte[16 * 1024];
        while (!stop.IsCancellationRequested)
        {
            using Socket socket = await listener.AcceptSocketAsync(stop);
            while (await socket.ReceiveAsync(request, stop) > 0)
            {
                // The client sends a request in one piece, and the next one only after the answer.
                await socket.SendAsync(answer, stop);
            }
        }
    }

    private static byte[] Answer(byte[] body, string headers) =>
    [
        .. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n{headers}Content-Length: {body.Length}\r\n\r\n"),
        .. body,
    ];
}
