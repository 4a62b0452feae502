using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// Classic dashboards of any age to the newest schema. Each step is what one schema version changed; a step runs where the dashboard is
/// older. Panels that only old versions of Grafana had become what took their place, whatever the version says: files carry both.
/// </summary>
/// <remarks>Facts: the changelog of schema versions in Grafana's documentation and in the dashboards of many years.</remarks>
internal static class ClassicMigrations
{
    /// <summary>The version that is stored.</summary>
    public const int Newest = 43;

    /// <summary>The oldest version with steps of its own.</summary>
    public const int Oldest = 9;

    private static readonly (int To, Action<JsonObject, ImportNotes> Step)[] Steps =
    [
        (12, (dashboard, _) => OldVariables.ToPlainMembers(dashboard)),
        (13, (dashboard, _) => OldGraphAxes.ToAxesAndThresholds(dashboard)),
        (14, (dashboard, _) => SharedCrosshair(dashboard)),
        (16, RowsToGrid.Apply),
        (17, (dashboard, _) => MinSpanToMaxPerRow(dashboard)),
        (19, (dashboard, _) => OldLinks.OfPanels(dashboard)),
        (20, (dashboard, _) => OldLinks.Interpolation(dashboard)),
        (23, (dashboard, _) => OldVariables.MultiHoldsLists(dashboard)),
        (27, (dashboard, _) => OldVariables.ConstantsAreHidden(dashboard)),
        (28, (dashboard, _) => OldVariables.DropTagQueries(dashboard)),
        (29, (dashboard, _) => OldVariables.QueriesRefresh(dashboard)),
        (30, (dashboard, _) => OldFieldConfig.Mappings(dashboard)),
        (31, (dashboard, _) => OldTransformations.MergeAfterLabelsToFields(dashboard)),
        (33, (dashboard, _) => DataSourceRefs.OfPanels(dashboard)),
        (36, (dashboard, _) => DataSourceRefs.OfAnnotationsAndVariables(dashboard)),
        (37, (dashboard, _) => OldFieldConfig.ShowLegend(dashboard)),
        (38, (dashboard, _) => OldFieldConfig.CellOptions(dashboard)),
        (39, (dashboard, _) => OldTransformations.TimeSeriesTable(dashboard)),
        (40, (dashboard, _) => RefreshIsText(dashboard)),
        (41, (dashboard, _) => dashboard.Object("timepicker")?.Remove("time_options")),
        (42, (dashboard, _) => OldFieldConfig.HiddenFromTooltipToo(dashboard)),
        (43, (dashboard, _) => OldTransformations.FormatTime(dashboard)),
    ];

    /// <summary>Migrates in place.</summary>
    /// <returns>The version it was; 0 where it did not say.</returns>
    public static int Apply(JsonObject dashboard, ImportNotes notes)
    {
        int was = (int)Math.Clamp(dashboard.Number("schemaVersion") ?? 0, 0, int.MaxValue);
        if (was > Newest)
        {
            notes.OfDashboard.Add($"schemaVersion {was} is newer than {Newest}; what it added is kept and not understood");
        }
        else if (was < Oldest)
        {
            notes.OfDashboard.Add(was == 0 ? "there is no schemaVersion; every migration was applied" : $"schemaVersion {was} is older than {Oldest}; migrated as if it were that");
        }

        // A dashboard of rows is one of before 16, whatever it says.
        int from = dashboard.Objects("rows").Any() && dashboard.Array("panels") is not { Count: > 0 } ? Math.Min(was, 15) : was;
        foreach ((int to, Action<JsonObject, ImportNotes> step) in Steps)
        {
            if (from < to)
            {
                step(dashboard, notes);
            }
        }

        DropExpandedRepeats(dashboard);
        foreach (JsonObject panel in dashboard.Panels())
        {
            OldPanels.Replace(panel, notes);
        }

        // Panels that were replaced bring configuration of their time along.
        OldFieldConfig.Mappings(dashboard);
        if (was < Newest)
        {
            dashboard["schemaVersion"] = Newest;
        }
        else if (dashboard["schemaVersion"].AsText() is not null)
        {
            dashboard["schemaVersion"] = was;
        }

        return was;
    }

    private static void SharedCrosshair(JsonObject dashboard)
    {
        if (dashboard.Take("sharedCrosshair") is { } shared)
        {
            dashboard.Default("graphTooltip", shared.GetValueKind() == System.Text.Json.JsonValueKind.True ? 1 : 0);
        }
    }

    private static void MinSpanToMaxPerRow(JsonObject dashboard)
    {
        ReadOnlySpan<int> divisors = [1, 2, 3, 4, 6, 8, 12, 24];
        foreach (JsonObject panel in dashboard.Panels())
        {
            if (panel.Take("minSpan").AsNumber() is not { } span || span <= 0)
            {
                continue;
            }

            double perRow = 24 / span;
            int chosen = 1;
            foreach (int divisor in divisors)
            {
                chosen = divisor <= perRow ? divisor : chosen;
            }

            panel.Default("maxPerRow", chosen);
        }
    }

    private static void RefreshIsText(JsonObject dashboard)
    {
        if (dashboard["refresh"].AsText() is null)
        {
            dashboard["refresh"] = string.Empty;
        }
    }

    // Clones that an old version wrote into the file: they come back by themselves when the repeat is carried out.
    private static void DropExpandedRepeats(JsonObject dashboard)
    {
        Drop(dashboard.Array("panels"));
        foreach (JsonObject row in dashboard.Objects("panels"))
        {
            Drop(row.Array("panels"));
        }

        foreach (JsonObject panel in dashboard.Panels())
        {
            panel.Drop("scopedVars", "repeatIteration", "repeatedByRow");
        }

        static void Drop(JsonArray? panels)
        {
            for (int i = (panels?.Count ?? 0) - 1; i >= 0; i--)
            {
                if (panels![i] is JsonObject panel && panel["repeatPanelId"] is not null)
                {
                    if (panel.Word("repeat") is null)
                    {
                        panels.RemoveAt(i);
                    }
                    else
                    {
                        panel.Remove("repeatPanelId");
                    }
                }
            }
        }
    }
}
