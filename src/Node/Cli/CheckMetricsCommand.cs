using System.CommandLine;
using System.Globalization;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary><c>pleiad check metrics</c>: lints a page given on standard input.</summary>
internal static class CheckMetricsCommand
{
    // A page that no scrape would take needs no lint.
    private const int PageBytesMax = 256 * 1024 * 1024;

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error, Func<Stream> input)
    {
        var extended = new Option<bool>("--extended") { Description = "Show how many series each metric has." };
        var lint = new Option<string>("--lint") { Description = "What to look for: all or none.", DefaultValueFactory = _ => "all" };
        lint.AcceptOnlyFromAmong("all", "none");
        var command = new Command("metrics", "Check a metrics page given on standard input against Prometheus's customs.") { extended, lint };
        command.SetAction(async (result, cancel) =>
        {
            bool looks = result.GetValue(lint) != "none";
            if (!looks && !result.GetValue(extended))
            {
                await error.WriteLineAsync("error: at least one of --extended or linting must be enabled");
                await error.WriteLineAsync("Use --extended for cardinality analysis, or remove --lint=none to enable linting");
                return PleiadCommand.Failure;
            }

            if (await ReadAsync(input, cancel) is not { } page)
            {
                await error.WriteLineAsync($"error while linting: the page is longer than {PageBytesMax} bytes");
                return PleiadCommand.Failure;
            }

            return await CheckAsync(MetricLint.Check(page), looks, result.GetValue(extended), output, error);
        });
        return command;
    }

    private static async Task<int> CheckAsync(LintResult found, bool looks, bool extended, TextWriter output, TextWriter error)
    {
        if (found.Error is not null)
        {
            string what = looks ? "error while linting: " : "error while parsing text to metric families: ";
            await error.WriteLineAsync(what + found.Error);
            return PleiadCommand.Failure;
        }

        if (looks)
        {
            foreach (LintProblem problem in found.Problems)
            {
                await error.WriteLineAsync($"{problem.Metric} {problem.Text}");
            }
        }

        if (extended)
        {
            await WriteTableAsync(found.Families, output);
        }

        return looks && found.Problems.Count > 0 ? PleiadCommand.LintFailure : PleiadCommand.Success;
    }

    private static async Task WriteTableAsync(IReadOnlyList<FamilyCardinality> families, TextWriter output)
    {
        const int Gap = 4;
        int total = families.Sum(family => family.Series);
        string[][] rows =
        [
            ["Metric", "Cardinality", "Percentage"],
            .. families.Select(family => (string[])
            [
                family.Metric,
                family.Series.ToString(CultureInfo.InvariantCulture),
                (100.0 * family.Series / total).ToString("F2", CultureInfo.InvariantCulture) + "%",
            ]),
            ["Total", total.ToString(CultureInfo.InvariantCulture), "100%"],
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length) + Gap)];
        foreach (string[] row in rows)
        {
            await output.WriteLineAsync(string.Concat(row.Select((cell, column) => cell.PadRight(widths[column]))));
        }
    }

    // Null where the page is too long.
    private static async Task<byte[]?> ReadAsync(Func<Stream> input, CancellationToken cancel)
    {
        using var page = new MemoryStream();
        await using Stream stream = input();
        byte[] buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            page.Write(buffer, 0, read);
            if (page.Length > PageBytesMax)
            {
                return null;
            }
        }

        return page.ToArray();
    }
}
