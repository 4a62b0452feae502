using System.Text.Json.Nodes;
using Pleiad.PromQL;

namespace Pleiad.Dashboards;

/// <summary>Looks for what will not work in a dashboard: queries that cannot be parsed, variables that do not exist, panels that are not drawn.</summary>
public static class DashboardLint
{
    private static readonly string[] Durations = ["__interval", "__rate_interval", "__range"];
    private static readonly string[] Numbers = ["__interval_ms", "__rate_interval_ms", "__range_ms", "__range_s", "__from", "__to"];

    // What stands for a variable outside of quotes: a name, a number, a duration, an operation or a matcher, whichever makes the query one.
    private static readonly string[] Guesses = ["x", "1", "5m", "sum", "rate", "a=\"x\""];
    private static readonly string[] DurationGuesses = ["5m", "1"];

    // Ways to choose for all variables of a query together that are tried, and variables outside of quotes for which that is enough.
    private const int AttemptsMax = 512;
    private const int PlacesMax = 3;

    // A value that is longer is no part of a query that anybody reads.
    private const int OwnCharsMax = 1000;

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
        var places = new Dictionary<(string Name, bool IsDuration), int>();
        QueryTemplate.Fill(query, (name, quoted, wantsDuration) =>
        {
            if (BuiltIn(name) is null)
            {
                if (!variables.ContainsKey(name) && !name.StartsWith("__", StringComparison.Ordinal))
                {
                    unknown.Add(name);
                }

                if (!quoted)
                {
                    places.TryAdd((name, wantsDuration), places.Count);
                }
            }

            return "x";
        });
        if (query.Length > language.TextCharsMax)
        {
            return $"query is longer than {language.TextCharsMax} characters";
        }

        // What is not tried whole may still work for some choice.
        if (places.Count > PlacesMax)
        {
            return null;
        }

        string[][] candidates = [.. places.OrderBy(static place => place.Value).Select(static place => place.Key).Select(place => Candidates(place.IsDuration, variables.GetValueOrDefault(place.Name)))];
        int[] chosen = new int[places.Count];
        string? first = null;
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            string filled = QueryTemplate.Fill(query, (name, quoted, wantsDuration) =>
            {
                if ((BuiltIn(name) ?? (quoted ? "x" : null)) is { } known)
                {
                    return known;
                }

                // What a duration belongs behind may be what another variable stands for.
                int place = places.TryGetValue((name, wantsDuration), out int found) ? found : places[(name, !wantsDuration)];
                return candidates[place][chosen[place]];
            });
            try
            {
                Parser.Parse(filled, language);
                return null;
            }
            catch (QueryException wrong)
            {
                first ??= wrong.Message;
            }

            if (!Next(chosen, candidates))
            {
                return first;
            }
        }

        return null;
    }

    /// <summary>The next of all ways to choose; false where that was the last.</summary>
    private static bool Next(int[] chosen, string[][] candidates)
    {
        for (int i = 0; i < chosen.Length; i++)
        {
            if (++chosen[i] < candidates[i].Length)
            {
                return true;
            }

            chosen[i] = 0;
        }

        return false;
    }

    private static string? BuiltIn(string name) => Durations.Contains(name) ? "5m" : Numbers.Contains(name) ? "1000" : null;

    // What the dashboard itself has chosen, and then what makes a query one.
    private static string[] Candidates(bool isDuration, JsonObject? variable)
    {
        string[] guesses = isDuration ? DurationGuesses : variable?.Text("type") == "interval" ? [.. DurationGuesses, .. Guesses] : Guesses;
        JsonNode? current = variable?.Object("current")?["value"];
        string? own = (current as JsonArray)?.FirstOrDefault().AsText() ?? current.AsText();
        return own is { Length: > 0 and <= OwnCharsMax } && own[0] != '$' ? [own, .. guesses] : guesses;
    }
}
