using System.CommandLine;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary><c>pleiad import openmetrics FILE</c> and <c>pleiad import blocks DIR</c>: history into the data directory of a node that does not run.</summary>
internal static class ImportCommand
{
    // 20 bytes each while they are held, and 12 more while they are put in order.
    private const int SamplesMaxDefault = 16_000_000;

    /// <summary>The command with its two kinds.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("import", "Bring history into the data directory of a node that does not run. What is there already is left out: it can be run again.");
        command.Subcommands.Add(OpenMetrics(output, error));
        command.Subcommands.Add(Blocks(output, error));
        return command;
    }

    private static Command OpenMetrics(TextWriter output, TextWriter error)
    {
        var file = new Argument<string>("file") { Description = "OpenMetrics text in which every sample has a timestamp" };
        var samplesMax = new Option<int>("--samples-max")
        {
            Description = "Samples held in memory at once; the file is read once for each part of time with so many.",
            DefaultValueFactory = static _ => SamplesMaxDefault,
        };
        var command = new Command("openmetrics", "Import a file of OpenMetrics text.") { file, samplesMax };
        var options = new StorageOptions(command);
        command.SetAction((result, cancel) =>
        {
            int held = result.GetValue(samplesMax);
            if (held is < 1 or > 256_000_000)
            {
                throw new UsageException("--samples-max must be 1 to 256000000");
            }

            return RunAsync(
                options.Settings(result),
                output,
                error,
                (storage, progress) => new OpenMetricsImport(result.GetValue(file)!, storage, held, TimeProvider.System, progress).Run(cancel),
                cancel);
        });
        return command;
    }

    private static Command Blocks(TextWriter output, TextWriter error)
    {
        var directory = new Argument<string>("dir") { Description = "A block of Prometheus's storage, or a directory of blocks" };
        var command = new Command("blocks", "Import blocks of Prometheus: floats and native histograms, without what is deleted of them.") { directory };
        var options = new StorageOptions(command);
        command.SetAction((result, cancel) => RunAsync(
            options.Settings(result),
            output,
            error,
            (storage, progress) => new PrometheusImport(result.GetValue(directory)!, storage, TimeProvider.System, progress).Run(cancel),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        NodeSettings settings, TextWriter output, TextWriter error, Func<OfflineStorage, ProgressLines, BackfillReport> import, CancellationToken cancel)
    {
        var progress = new ProgressLines(error, TimeProvider.System);
        try
        {
            using OfflineStorage storage = OfflineStorage.Open(settings, isMade: true, progress, cancel);
            BackfillReport report = import(storage, progress);
            await report.WriteAsync(output, settings.Storage.Retention, TimeProvider.System.GetUtcNow());
            return PleiadCommand.Success;
        }
        catch (Exception e) when (e is BackfillException or HistoryException)
        {
            await error.WriteLineAsync("pleiad: " + e.Message);
        }
        catch (IOException e)
        {
            await error.WriteLineAsync($"pleiad: {e.Message}. What is written is complete; run it again to go on");
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("pleiad: stopped. What is written is complete; run it again to go on");
        }

        return PleiadCommand.Failure;
    }
}
