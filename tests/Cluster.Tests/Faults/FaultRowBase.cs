using System.Diagnostics;
using Pleiad.Outside.Tests;
using Xunit.Abstractions;

namespace Pleiad.Cluster.Tests;

/// <summary>How a row is run: faults under load, and what there is compared with what was acknowledged.</summary>
public abstract class FaultRowBase(ITestOutputHelper output)
{
    /// <summary>Chooses victims and moments.</summary>
    private protected static Random Chance { get; } = new(RowReport.Seed);

    /// <summary>The number of the run that is under way, from 0 on; PLEIAD_FAULT_FIRST makes it begin elsewhere, for rows whose faults come in turns.</summary>
    private protected int Run { get; private set; }

    /// <summary>Runs a row as often as asked, and once more after everything was killed.</summary>
    /// <param name="row">Its name; where it is not asked for nothing is run.</param>
    /// <param name="runOnce">One run.</param>
    /// <param name="setup">What it needs.</param>
    private protected async Task RunAsync(string row, Func<FaultCluster, Task<RunFigures>> runOnce, FaultSetup? setup = null)
    {
        string? asked = Environment.GetEnvironmentVariable("PLEIAD_FAULT_ROW");
        Skip.IfNot(asked is not null && asked.Split(',').Contains(row, StringComparer.Ordinal), $"tests/faults {row} runs it");
        setup ??= new FaultSetup();
        var report = new RowReport(row, output);
        FaultCluster? cluster = await FaultCluster.StartAsync(setup);
        try
        {
            int first = RowReport.First;
            for (Run = first; Run < first + RowReport.Runs(1); Run++)
            {
                FaultCluster current = cluster;
                if (!await report.TryAddAsync(Run, current, () => runOnce(current)))
                {
                    // What is wrong there would be found again and again.
                    cluster = null;
                    await current.DisposeAsync();
                    cluster = await FaultCluster.StartAsync(setup);
                }
            }

            // All of it once more, after everything was killed.
            DateTimeOffset begin = DateTimeOffset.UtcNow.AddHours(-2);
            FaultCluster last = cluster;
            await report.TryAddAsync(RowReport.ColdRestart, last, () => FaultAsync(last, async () =>
            {
                for (int node = 0; node < FaultCluster.Nodes; node++)
                {
                    await last.KillAsync(node);
                }

                await last.StartNodesAsync(0, 1, 2);
            }, since: begin));
        }
        finally
        {
            if (cluster is not null)
            {
                await cluster.DisposeAsync();
            }
        }

        report.Close();
    }

    /// <summary>Puts a fault in, waits until everything works again, and compares every node with the ledger.</summary>
    /// <param name="cluster">Under load.</param>
    /// <param name="inject">Puts it in.</param>
    /// <param name="during">What happens before it is over.</param>
    /// <param name="since">Older samples are not compared; null for those from shortly before the fault on.</param>
    /// <param name="check">What else is wrong; empty for nothing.</param>
    private protected static async Task<RunFigures> FaultAsync(
        FaultCluster cluster, Func<Task> inject, Func<Task>? during = null, DateTimeOffset? since = null, Func<Task<IReadOnlyList<string>>>? check = null)
    {
        DateTimeOffset began = since ?? DateTimeOffset.UtcNow.AddSeconds(-10);
        int acked = cluster.Load.Ledger.Acked;
        int unknown = cluster.Load.Ledger.Unknown;
        DateTimeOffset faultAt = DateTimeOffset.UtcNow;
        long fault = cluster.Load.BeginFault();
        await inject();
        if (during is not null)
        {
            await during();
        }

        await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
        double[] pauses = [.. cluster.Load.Ledger.PausesSince(fault, Load.Series).Select(static pause => pause.TotalSeconds)];
        (int queries, int partial, IReadOnlyList<string> errors) = cluster.Load.Answers;
        (int strong, int strongRefused) = cluster.Load.StrongReads;
        await cluster.HealAsync();
        double healed = Stopwatch.GetElapsedTime(fault).TotalSeconds;
        await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
        return new RunFigures(
            pauses, healed, queries, partial, errors, cluster.Load.Ledger.Acked - acked,
            cluster.Load.Ledger.Unknown - unknown, [.. await cluster.WrongAsync(began), .. check is null ? [] : await check()])
        {
            Missed = await cluster.MissedScrapesAsync(faultAt),
            StrongReads = strong,
            StrongReadsRefused = strongRefused,
        };
    }

    /// <summary>A node that is cut off is asked to write: what it acknowledges all the same must be there in the end.</summary>
    private protected static async Task ProvokeAsync(FaultCluster cluster, int victim)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        Uri zombie = cluster.UrlsBut([.. Enumerable.Range(0, FaultCluster.Nodes).Where(node => node != victim)]).Single();

        // At once: who is cut off answers none of them, and each waits for as long as it may.
        await Task.WhenAll(Enumerable.Range(0, (Load.Series + 3) / 4).Select(async number =>
        {
            int series = Load.Series + (4 * number);
            long time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

            // A value of its own, which the clients never send: above theirs, as a counter's.
            cluster.Load.Ledger.Send(series, time, time);
            try
            {
                using ByteArrayContent body = Load.Body("written", series, time, time);
                using HttpResponseMessage answer = await http.PostAsync(new Uri(zombie, "/api/v1/write"), body);
                if (answer.StatusCode == System.Net.HttpStatusCode.NoContent)
                {
                    cluster.Load.Ledger.Ack(series, time, time);
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                // Nobody knows what became of it.
            }
        }));
    }
}
