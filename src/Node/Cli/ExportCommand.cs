using System.CommandLine;
using System.Globalization;
using System.Text;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Node;

/// <summary><c>pleiad export</c>: the samples of a data directory as OpenMetrics text.</summary>
internal static class ExportCommand
{
    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var match = new Option<string[]>("--match") { Description = "Series selector; may be repeated. Default: everything." };
        var start = new Option<string?>("--start") { Description = "First time, RFC 3339 or Unix seconds. Default: the oldest sample." };
        var end = new Option<string?>("--end") { Description = "Last time, likewise. Default: the newest sample." };
        var file = new Option<string?>("--output", "-o") { Description = "File to write. Default: standard output." };
        var command = new Command(
            "export",
            "Write the samples of a node that does not run as OpenMetrics text. Of one that runs: take a snapshot (POST /api/v1/admin/tsdb/snapshot) and export that.")
        {
            match, start, end, file,
        };
        var options = new StorageOptions(command);
        command.SetAction((result, cancel) => RunAsync(
            options.Settings(result),
            result.GetValue(match) ?? [],
            TimeRange.Closed(Milliseconds(result.GetValue(start)) ?? long.MinValue, Milliseconds(result.GetValue(end)) ?? long.MaxValue),
            result.GetValue(file),
            output,
            error,
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        NodeSettings settings, string[] selectors, TimeRange range, string? file, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        List<IReadOnlyList<Matcher>> matchers;
        try
        {
            matchers = [.. selectors.Select(Parser.ParseMatchers)];
        }
        catch (QueryException e)
        {
            throw new UsageException($"--match: {e.Message}", e);
        }

        var progress = new ProgressLines(error, TimeProvider.System);
        using OfflineStorage storage = OfflineStorage.Open(settings, isMade: false, progress, cancel);
        var export = new OpenMetricsExport(storage, matchers, range, progress);
        try
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
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            await error.WriteLineAsync("pleiad: " + (e is OperationCanceledException ? "stopped; what was written is incomplete" : e.Message));
            return PleiadCommand.Failure;
        }

        await error.WriteLineAsync($"{export.Samples.ToString("N0", CultureInfo.InvariantCulture)} samples");
        foreach (string line in export.LeftOut.Lines())
        {
            await error.WriteLineAsync(line);
        }

        if (export.ChunksDamaged > 0)
        {
            await error.WriteLineAsync($"pleiad: {export.ChunksDamaged} chunks are damaged; their samples are missing");
            return PleiadCommand.Failure;
        }

        return PleiadCommand.Success;
    }

    private static long? Milliseconds(string? text) =>
        text is null ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Math.Abs(seconds) < 1e12 ? (long)Math.Round(seconds * 1000)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at.ToUnixTimeMilliseconds()
        : throw new UsageException($"\"{text}\" is neither Unix seconds nor an RFC 3339 time");
}
