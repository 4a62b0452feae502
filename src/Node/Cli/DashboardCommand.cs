using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Pleiad.Dashboards;
using Pleiad.PromQL;

namespace Pleiad.Node;

/// <summary><c>pleiad dashboard lint|convert|import|export</c>: dashboards as code.</summary>
internal static class DashboardCommand
{
    private static readonly DashboardLimits Limits = new();

    /// <summary>The command with its kinds.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("dashboard", "Check, convert, import and export dashboards.");
        command.Subcommands.Add(Lint(output, error));
        command.Subcommands.Add(Convert(output, error));
        command.Subcommands.Add(Import(output, error));
        command.Subcommands.Add(Export(output, error));
        return command;
    }

    private static Argument<string[]> Files() => new("file") { Description = "dashboards as JSON, classic or v2", Arity = ArgumentArity.OneOrMore };

    private static Option<string> Server() => new("--url")
    {
        Description = "URL of the node", HelpName = "URL", DefaultValueFactory = _ => "http://localhost:9090",
    };

    private static Command Lint(TextWriter output, TextWriter error)
    {
        Argument<string[]> files = Files();
        var fatal = new Option<bool>("--lint-fatal") { Description = "End with code 3 where there are only warnings." };
        var command = new Command("lint", "Look for what will not work in dashboards; nothing is sent anywhere.") { files, fatal };
        command.SetAction(async (result, cancel) =>
        {
            bool errors = false;
            bool warnings = false;
            foreach (string file in result.GetValue(files)!)
            {
                if (await ReadAsync(file, error, cancel) is not { } imported)
                {
                    errors = true;
                    continue;
                }

                IReadOnlyList<LintFinding> findings = DashboardLint.Check(imported, new EngineSettings());
                errors |= findings.Any(finding => finding.IsError);
                warnings |= findings.Count > 0;
                await output.WriteLineAsync($"{file}: {Summary(imported.Report)}");
                foreach (LintFinding finding in findings)
                {
                    await output.WriteLineAsync("  " + Terminal.Plain(finding.ToString()));
                }
            }

            return errors ? PleiadCommand.Failure : warnings && result.GetValue(fatal) ? PleiadCommand.LintFailure : PleiadCommand.Success;
        });
        return command;
    }

    private static Command Convert(TextWriter output, TextWriter error)
    {
        var file = new Argument<string>("file") { Description = "a dashboard as JSON, classic or v2" };
        var command = new Command("convert", "Write a dashboard as Pleiad would store it.") { file };
        command.SetAction(async (result, cancel) =>
        {
            if (await ReadAsync(result.GetValue(file)!, error, cancel) is not { } imported)
            {
                return PleiadCommand.Failure;
            }

            await output.WriteLineAsync(DashboardJson.Text(imported.Dashboard, indented: true));
            return PleiadCommand.Success;
        });
        return command;
    }

    private static Command Import(TextWriter output, TextWriter error)
    {
        Argument<string[]> files = Files();
        Option<string> server = Server();
        var folder = new Option<string?>("--folder") { Description = "uid of the folder to put them into", HelpName = "UID" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace dashboards of the same uid that were changed meanwhile." };
        var dry = new Option<bool>("--dry-run") { Description = "Only say what would become of them; nothing is sent anywhere." };
        var input = new Option<string[]>("--input") { Description = "Value for one of __inputs; may be repeated.", HelpName = "NAME=VALUE" };
        var command = new Command("import", "Save dashboards in a node, with a report panel by panel.") { files, server, folder, overwrite, dry, input };
        command.SetAction(async (result, cancel) =>
        {
            Dictionary<string, string> inputs = Inputs(result.GetValue(input) ?? []);
            using DashboardClient? client = result.GetValue(dry) ? null : new DashboardClient(result.GetValue(server)!);
            bool failed = false;
            foreach (string file in result.GetValue(files)!)
            {
                if (await ReadAsync(file, error, cancel, inputs) is not { } imported)
                {
                    failed = true;
                    continue;
                }

                string where = string.Empty;
                if (client is not null)
                {
                    var request = new JsonObject { ["dashboard"] = imported.Dashboard, ["overwrite"] = result.GetValue(overwrite), ["message"] = "Imported by command line" };
                    if (result.GetValue(folder) is { } uid)
                    {
                        request["folderUid"] = uid;
                    }

                    (JsonObject? answer, string? problem) = await client.SendAsync(HttpMethod.Post, "api/dashboards/import", request, cancel);
                    if (answer is null)
                    {
                        await error.WriteLineAsync($"{file}: {Terminal.Plain(problem!)}");
                        failed = true;
                        continue;
                    }

                    where = $" -> {answer["importedUrl"]} version {answer["version"]}";
                }

                await output.WriteLineAsync($"{file}: {Summary(imported.Report)}{Terminal.Plain(where)}");
                foreach (PanelReport panel in imported.Report.Panels.Where(panel => panel.Outcome != PanelOutcome.Ok))
                {
                    await output.WriteLineAsync(Terminal.Plain(
                        $"  {ImportReport.NameOf(panel.Outcome)}: panel {panel.Id} \"{panel.Title}\": {string.Join("; ", panel.Notes)}"));
                }

                foreach (string note in imported.Report.Notes)
                {
                    await output.WriteLineAsync("  note: " + Terminal.Plain(note));
                }
            }

            return failed ? PleiadCommand.Failure : PleiadCommand.Success;
        });
        return command;
    }

    private static Command Export(TextWriter output, TextWriter error)
    {
        var uids = new Argument<string[]>("uid") { Description = "uids of dashboards; all of them where there are none", Arity = ArgumentArity.ZeroOrMore };
        Option<string> server = Server();
        var directory = new Option<string?>("--to") { Description = "directory to write them into, one file each; standard output where it is not given", HelpName = "DIR" };
        var command = new Command("export", "Write dashboards of a node as JSON, exactly as they are stored.") { uids, server, directory };
        command.SetAction(async (result, cancel) =>
        {
            using var client = new DashboardClient(result.GetValue(server)!);
            string[] wanted = result.GetValue(uids) ?? [];
            if (wanted.Length == 0)
            {
                (JsonArray? all, string? problem) = await client.ListAsync(cancel);
                if (all is null)
                {
                    await error.WriteLineAsync(Terminal.Plain(problem!));
                    return PleiadCommand.Failure;
                }

                wanted = [.. all.OfType<JsonObject>().Select(hit => (string?)hit["uid"]).OfType<string>()];
            }

            bool failed = false;
            foreach (string uid in wanted)
            {
                (JsonObject? dashboard, string? problem) = DashboardUid.IsValid(uid)
                    ? await client.SendAsync(HttpMethod.Get, $"api/dashboards/uid/{uid}/export", null, cancel)
                    : (null, "is no uid");
                if (dashboard is null)
                {
                    await error.WriteLineAsync(Terminal.Plain($"{uid}: {problem}"));
                    failed = true;
                    continue;
                }

                string text = DashboardJson.Text(dashboard, indented: true);
                if (result.GetValue(directory) is not { } to)
                {
                    await output.WriteLineAsync(text);
                    continue;
                }

                try
                {
                    Directory.CreateDirectory(to);
                    await File.WriteAllTextAsync(Path.Combine(to, uid + ".json"), text + "\n", cancel);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    await error.WriteLineAsync($"{to}: {e.Message}");
                    return PleiadCommand.Failure;
                }
            }

            return failed ? PleiadCommand.Failure : PleiadCommand.Success;
        });
        return command;
    }

    private static async Task<ImportedDashboard?> ReadAsync(
        string file, TextWriter error, CancellationToken cancel, IReadOnlyDictionary<string, string>? inputs = null)
    {
        try
        {
            return DashboardImport.Read(await File.ReadAllBytesAsync(file, cancel), Limits, inputs);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DashboardException)
        {
            await error.WriteLineAsync($"{file}: {Terminal.Plain(e.Message)}");
            return null;
        }
    }

    private static Dictionary<string, string> Inputs(string[] pairs)
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in pairs)
        {
            int at = pair.IndexOf('=', StringComparison.Ordinal);
            inputs[at > 0 ? pair[..at] : throw new UsageException($"--input: \"{pair}\" is not of the form NAME=VALUE")] = pair[(at + 1)..];
        }

        return inputs;
    }

    private static string Summary(ImportReport report) =>
        $"{report.Count(PanelOutcome.Ok)} ok, {report.Count(PanelOutcome.Approximated)} approximated, {report.Count(PanelOutcome.Placeholder)} placeholders";

    /// <summary>Titles of strangers on a terminal.</summary>
    private static class Terminal
    {
        /// <summary>The text without what a terminal would obey.</summary>
        public static string Plain(string text)
        {
            var plain = new StringBuilder(text.Length);
            foreach (char c in text)
            {
                plain.Append(char.IsControl(c) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' ? '\ufffd' : c);
            }

            return plain.ToString();
        }
    }
}
