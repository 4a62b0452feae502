using System.CommandLine;
using System.Globalization;
using System.Text;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary><c>pleiad export</c>: the samples of a data directory as OpenMetrics text; <c>pleiad export blocks DIR</c>: as blocks of Prometheus.</summary>
internal static class ExportCommand
{
    private const string OfWhich = "Of one that runs: take a snapshot (POST /api/v1/admin/tsdb/snapshot) and export that.";

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var file = new Option<string?>("--output", "-o") { Description = "File to write. Default: standard output." };
        var command = new Command("export", "Write the samples of a node that does not run as OpenMetrics text. " + OfWhich) { file };
        var chosen = new Chosen(command);
        var options = new StorageOptions(command);
        command.SetAction((result, cancel) => RunAsync(
            options.Settings(result),
            error,
            (storage, progress) => OpenMetricsAsync(
                new OpenMetricsExport(storage, chosen.Matchers(result), chosen.Range(result), progress), result.GetValue(file), output, error, cancel),
            cancel));
        command.Subcommands.Add(Blocks(error));
        return command;
    }

    private static Command Blocks(TextWriter error)
    {
        var directory = new Argument<string>("dir") { Description = "Directory for the blocks; made where it is missing" };
        var command = new Command(
            "blocks",
            "Write the samples of a node that does not run as blocks of Prometheus, floats, native histograms and stale markers: what it finds in its data directory when it starts. " + OfWhich)
        {
            directory,
        };
        var chosen = new Chosen(command);
        var options = new StorageOptions(command);
        command.SetAction((result, cancel) =>
        {
            string path = result.GetValue(directory)!;
            if (Directory.Exists(path) && Directory.EnumerateDirectories(path).Any(static one => PrometheusBlock.IsAt(new DiskFiles(), one)))
            {
                throw new UsageException($"{path} has blocks already: what is in them too would be there twice");
            }

            return RunAsync(
                options.Settings(result),
                error,
                (storage, progress) => BlocksAsync(
                    new PrometheusExport(storage, new DiskFiles(), path, chosen.Matchers(result), chosen.Range(result), TimeProvider.System, progress), error, cancel),
                cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        NodeSettings settings, TextWriter error, Func<OfflineStorage, ProgressLines, Task<int>> export, CancellationToken cancel)
    {
        var progress = new ProgressLines(error, TimeProvider.System);
        using OfflineStorage storage = OfflineStorage.Open(settings, isMade: false, progress, cancel);
        try
        {
            int damaged = await export(storage, progress);
            if (damaged == 0)
            {
                return PleiadCommand.Success;
            }

            await error.WriteLineAsync($"pleiad: {damaged} chunks are damaged; their samples are missing");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            await error.WriteLineAsync("pleiad: " + (e is OperationCanceledException ? "stopped; what was written is incomplete" : e.Message));
        }

        return PleiadCommand.Failure;
    }

    private static async Task<int> OpenMetricsAsync(OpenMetricsExport export, string? file, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        if (file is null)
        {
            export.Write(output, cancel);
        }
        else
        {
            await using var writer = new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            export.Write(writer, cancel);
        }

        await error.WriteLineAsync($"{Many(export.Samples)} samples");
        foreach (string line in export.LeftOut.Lines())
        {
            await error.WriteLineAsync(line);
        }

        return export.ChunksDamaged;
    }

    private static async Task<int> BlocksAsync(PrometheusExport export, TextWriter error, CancellationToken cancel)
    {
        export.Write(cancel);
        await error.WriteLineAsync($"{Many(export.Samples)} samples in {Many(export.Blocks)} blocks");
        return export.ChunksDamaged;
    }

    private static string Many(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Which samples, as options of a command say.</summary>
    private sealed class Chosen
    {
        private readonly Option<string[]> _match = new("--match") { Description = "Series selector; may be repeated. Default: everything." };
        private readonly Option<string?> _start = new("--start") { Description = "First time, RFC 3339 or Unix seconds. Default: the oldest sample." };
        private readonly Option<string?> _end = new("--end") { Description = "Last time, likewise. Default: the newest sample." };

        public Chosen(Command command)
        {
            command.Options.Add(_match);
            command.Options.Add(_start);
            command.Options.Add(_end);
        }

        public IReadOnlyList<IReadOnlyList<Matcher>> Matchers(ParseResult result)
        {
            try
            {
                return [.. (result.GetValue(_match) ?? []).Select(Parser.ParseMatchers)];
            }
            catch (QueryException e)
            {
                throw new UsageException($"--match: {e.Message}", e);
            }
        }

        public TimeRange Range(ParseResult result) =>
            TimeRange.Closed(Milliseconds(result.GetValue(_start)) ?? long.MinValue, Milliseconds(result.GetValue(_end)) ?? long.MaxValue);

        private static long? Milliseconds(string? text) =>
            text is null ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Math.Abs(seconds) < 1e12 ? (long)Math.Round(seconds * 1000)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at.ToUnixTimeMilliseconds()
            : throw new UsageException($"\"{text}\" is neither Unix seconds nor an RFC 3339 time");
    }
}
