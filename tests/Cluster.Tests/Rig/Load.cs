using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pleiad.Outside.Tests;
using Pleiad.TestKit;

namespace Pleiad.Cluster.Tests;

/// <summary>Clients that write and query all the time, through whichever nodes they are told to, and take down what they were answered.</summary>
internal sealed class Load : IAsyncDisposable
{
    /// <summary>Series that are written, each by a client of its own; they belong to different shards.</summary>
    public const int Series = 12;

    // What nodes print is read from pipes by threads of the pool that block, two a node, and the pool adds one in half a second: clients that wait for a thread
    // would count as a pause of the cluster.
    private const int PoolThreadsMin = 32;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WriteInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan QueryInterval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new() { Timeout = RequestTimeout };
    private readonly CancellationTokenSource _over = new();
    private readonly List<Task> _clients = [];
    private readonly ConcurrentQueue<string> _holes = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<(long Ticks, double Seconds)> _writes = new();
    private readonly ConcurrentDictionary<Uri, CancellationTokenSource> _inUse = new();
    private volatile Uri[] _gateways;
    private long _faultTicks = long.MaxValue;
    private int _queries;
    private int _partial;
    private int _strong;
    private int _strongRefused;

    public Load(IEnumerable<Uri> gateways)
    {
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, PoolThreadsMin), completions);
        _gateways = [.. gateways];
        for (int i = 0; i < Series; i++)
        {
            int series = i;
            _clients.Add(Task.Run(() => WriteAsync(series)));
        }

        for (int i = 0; i < 3; i++)
        {
            int number = i;
            _clients.Add(Task.Run(() => QueryAsync(number)));
        }

        _clients.Add(Task.Run(ReadStronglyAsync));
    }

    public WriteLedger Ledger { get; } = new();

    /// <summary>Whether a strong read that lacks something acknowledged before it began counts as a hole. Default true.</summary>
    public bool StrongReadsCount { get; set; } = true;

    /// <summary>Strong reads answered and refused since the last <see cref="BeginFault"/>.</summary>
    public (int Answered, int Refused) StrongReads => (Volatile.Read(ref _strong), Volatile.Read(ref _strongRefused));

    /// <summary>How long writes took that were acknowledged since a moment, in seconds, the quickest first.</summary>
    public double[] WriteSecondsSince(long ticks) => [.. _writes.Where(write => write.Ticks >= ticks).Select(static write => write.Seconds).Order()];

    /// <summary>Queries answered since the last <see cref="BeginFault"/>, those of them that said they were partial, and errors.</summary>
    public (int Queries, int Partial, IReadOnlyList<string> Errors) Answers => (Volatile.Read(ref _queries), Volatile.Read(ref _partial), [.. _errors]);

    /// <summary>Answers that lacked what they should have had, and did not say so.</summary>
    public IReadOnlyList<string> SilentHoles => [.. _holes];

    /// <summary>From now on clients ask these; who waits for an answer of another waits no more, as behind a load balancer.</summary>
    public void Use(IEnumerable<Uri> gateways)
    {
        _gateways = [.. gateways];
        foreach (Uri gone in _inUse.Keys.Except(_gateways).ToArray())
        {
            if (_inUse.TryRemove(gone, out CancellationTokenSource? waiting))
            {
                waiting.Cancel();
            }
        }
    }

    /// <summary>What was acknowledged until shortly before now must be in every answer that does not say otherwise.</summary>
    public long BeginFault()
    {
        Volatile.Write(ref _queries, 0);
        Volatile.Write(ref _partial, 0);
        Volatile.Write(ref _strong, 0);
        Volatile.Write(ref _strongRefused, 0);
        _errors.Clear();
        long now = Stopwatch.GetTimestamp();
        Volatile.Write(ref _faultTicks, now);
        return now;
    }

    /// <summary>The fault is over.</summary>
    public void EndFault() => Volatile.Write(ref _faultTicks, long.MaxValue);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_clients);
        foreach (CancellationTokenSource waiting in _inUse.Values)
        {
            waiting.Dispose();
        }

        _http.Dispose();
        _over.Dispose();
    }

    /// <summary>One sample of a series as a request body.</summary>
    public static ByteArrayContent Body(string metric, int series, long time, double value)
    {
        ProtoMessage message = RemoteWriteMessages.First(RemoteWriteMessages.FirstSeries(("__name__", metric), ("instance", $"w{series}"))
            .Message(2, RemoteWriteMessages.Sample(time, value)));
        var content = new ByteArrayContent(RemoteWriteMessages.Snappy(message.ToArray()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        return content;
    }

    private async Task WriteAsync(int series)
    {
        using var timer = new PeriodicTimer(WriteInterval);
        int turn = series;
        long last = 0;
        double value = 0;
        while (!_over.IsCancellationRequested)
        {
            long time = Math.Max(last + 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            last = time;
            value++;
            Ledger.Send(series, time, value);

            // A few gateways are tried; then the sample stays unknown and the next one comes.
            for (int tries = 0; tries < 4 && !_over.IsCancellationRequested; tries++)
            {
                Uri[] gateways = _gateways;
                if (await TryWriteAsync(gateways[turn++ % gateways.Length], series, time, value))
                {
                    Ledger.Ack(series, time, value);
                    break;
                }

                await NextAsync(timer);
            }

            await NextAsync(timer);
        }
    }

    private async Task<bool> TryWriteAsync(Uri gateway, int series, long time, double value)
    {
        try
        {
            long began = Stopwatch.GetTimestamp();
            using ByteArrayContent body = Body("written", series, time, value);
            using HttpResponseMessage answer = await _http.PostAsync(new Uri(gateway, "/api/v1/write"), body, WhileInUse(gateway));
            if (answer.StatusCode == HttpStatusCode.NoContent)
            {
                _writes.Enqueue((began, Stopwatch.GetElapsedTime(began).TotalSeconds));
            }

            return answer.StatusCode == HttpStatusCode.NoContent;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private CancellationToken WhileInUse(Uri gateway) => _inUse.GetOrAdd(gateway, _ => CancellationTokenSource.CreateLinkedTokenSource(_over.Token)).Token;

    private async Task QueryAsync(int number)
    {
        using var timer = new PeriodicTimer(QueryInterval);
        int turn = number;
        while (!_over.IsCancellationRequested)
        {
            Uri[] gateways = _gateways;
            Uri gateway = gateways[turn++ % gateways.Length];
            long began = Math.Min(Stopwatch.GetTimestamp(), Volatile.Read(ref _faultTicks)) - (long)(Grace.TotalSeconds * Stopwatch.Frequency);
            try
            {
                string text = await _http.GetStringAsync(new Uri(gateway, "/api/v1/query?query=written"), WhileInUse(gateway));
                Interlocked.Increment(ref _queries);
                Check(gateway, text, began);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !_over.IsCancellationRequested))
            {
                // Whoever is not asked any more owes no answer.
                if (_gateways.Contains(gateway))
                {
                    _errors.Enqueue($"{gateway}: {e.Message}");
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await NextAsync(timer);
        }
    }

    // It may be refused; what it answers has everything that was acknowledged before it was asked, whoever is asked.
    private async Task ReadStronglyAsync()
    {
        using var timer = new PeriodicTimer(QueryInterval);
        int turn = 0;
        while (!_over.IsCancellationRequested)
        {
            Uri[] gateways = _gateways;
            Uri gateway = gateways[turn++ % gateways.Length];
            long began = Stopwatch.GetTimestamp();
            try
            {
                string text = await _http.GetStringAsync(new Uri(gateway, "/api/v1/query?query=written&consistency=strong"), WhileInUse(gateway));
                if (StrongReadsCount)
                {
                    Check(gateway, text, began);
                }

                Interlocked.Increment(ref _strong);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                Interlocked.Increment(ref _strongRefused);
            }

            await NextAsync(timer);
        }
    }

    private void Check(Uri gateway, string text, long began)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        if (json.RootElement.TryGetProperty("warnings", out JsonElement warnings) && warnings.GetArrayLength() > 0)
        {
            Interlocked.Increment(ref _partial);
            return;
        }

        var values = json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().ToDictionary(
            static sample => int.Parse(sample.GetProperty("metric").GetProperty("instance").GetString()![1..], CultureInfo.InvariantCulture),
            static sample => double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));
        for (int series = 0; series < Series; series++)
        {
            if (Ledger.LastAckedBefore(series, began) is { } acked && !(values.TryGetValue(series, out double value) && value >= acked))
            {
                _holes.Enqueue($"{gateway} answered {(values.TryGetValue(series, out double had) ? had : double.NaN)} for series {series}, of which {acked} had been acknowledged");
            }
        }
    }

    private async Task NextAsync(PeriodicTimer timer)
    {
        try
        {
            await timer.WaitForNextTickAsync(_over.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }
}
