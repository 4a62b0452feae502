using System.Text.Json.Nodes;
using Pleiad.PromQL;

namespace Pleiad.Dashboards;

/// <summary>Looks for what will not work in a dashboard: queries that cannot be parsed, variables that do not exist, panels that are not drawn.</summary>
public static class DashboardLint
{
    private static readonly string[] Durations = ["__interval", "__rate_interval", "__range"];
    private static readonly string[] Numbers = ["__interval_ms", "__rate_interval_ms", "__range_ms", "__range_s", "__from", "__to"];

    // What stands for a variable outside of quotes: a name, a number or a duration, whichever makes the query one.
    private static readonly string[] Guesses = ["x", "1", "5m"];

    /// <summary>Checks a dashboard.</summary>
    /// <param name="imported">As it came out of <see cref="DashboardImport"/>.</param>
    /// <param name="language">How queries are read.</param>
    public static IReadOnlyList<LintFinding> Check(ImportedDashboard imported, EngineSettings language)
    {
        ArgumentNullException.ThrowIfNull(imported);
        ArgumentNullException.ThrowIfNull(language);
        JsonObject dashboard = imported.Dashboard;
        var findings = new List<LintFinding>();
        findings.AddRange(imported.Report.Notes.Select(note => new LintFinding(false, string.Empty, note)));
        var variables = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (JsonObject variable in dashboard.Variables())
        {
            if (variable.Word("name") is not { } name)
            {
                findings.Add(new LintFinding(true, string.Empty, "a variable has no name"));
            }
            else if (!variables.TryAdd(name, variable))
            {
                findings.Add(new LintFinding(true, "variable " + name, "stands twice"));
            }
        }

        Dictionary<long, PanelReport> reports = imported.Report.Panels.ToDictionary(report => report.Id);
        foreach (JsonObject panel in dashboard.Panels().Where(panel => !panel.IsRow()))
        {
            CheckPanel(panel, reports.GetValueOrDefault((long)(panel.Number("id") ?? 0)), variables, language, findings);
        }

        return findings;
    }

    private static void CheckPanel(
        JsonObject panel, PanelReport? report, Dictionary<string, JsonObject> variables, EngineSettings language, List<LintFinding> findings)
    {
        string where = $"panel {panel["id"].AsScalarText()} \"{panel.Text("title")}\"";
        findings.AddRange((report?.Notes ?? []).Select(note => new LintFinding(false, where, note)));
        foreach (JsonObject target in panel.Objects("targets"))
        {
            if (target.Word("expr") is not { } query || !IsOurs(target, panel))
            {
                continue;
            }

            string at = $"{where}, query {target.Text("refId")}";
            var unknown = new SortedSet<string>(StringComparer.Ordinal);
            string? problem = Problem(query, variables, language, unknown);
            findings.AddRange(unknown.Select(name => new LintFinding(true, at, $"there is no variable {name}")));
            if (problem is not null)
            {
                findings.Add(new LintFinding(true, at, problem));
            }
        }
    }

    private static bool IsOurs(JsonObject target, JsonObject panel)
    {
        string? type = (target.Object("datasource") ?? panel.Object("datasource"))?.Word("type");
        return type is null or "prometheus" || type.Contains('$', StringComparison.Ordinal);
    }

    private static string? Problem(string query, Dictionary<string, JsonObject> variables, EngineSettings language, SortedSet<string> unknown)
    {
        string? first = null;
        foreach (string guess in Guesses)
        {
            string filled = QueryTemplate.Fill(query, (name, quoted, wantsDuration) => Value(name, quoted, wantsDuration, guess, variables, unknown));
            try
            {
                Parser.Parse(filled, language);
                return null;
            }
            catch (QueryException wrong)
            {
                first ??= wrong.Message;
            }
        }

        return first;
    }

    private static string Value(
        string name, bool quoted, bool wantsDuration, string guess, Dictionary<string, JsonObject> variables, SortedSet<string> unknown)
    {
        if (Durations.Contains(name))
        {
            return "5m";
        }

        if (Numbers.Contains(name))
        {
            return "1000";
        }

        variables.TryGetValue(name, out JsonObject? variable);
        if (variable is null && !name.StartsWith("__", StringComparison.Ordinal))
        {
            unknown.Add(name);
        }

        return quoted ? "x"
            : wantsDuration || variable?.Text("type") == "interval" ? "5m"
            : guess;
    }
}
