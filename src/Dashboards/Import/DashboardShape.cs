using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// What every stored dashboard has, so that whoever draws it need not ask: a list of panels with numbers and places on the grid of
/// 24 columns, lists of variables and annotations, a title. What is there already stays as it is.
/// </summary>
internal static class DashboardShape
{
    /// <summary>Columns of the grid.</summary>
    public const int Columns = 24;

    private const int WidthDefault = 12;
    private const int HeightDefault = 9;
    private const int HeightMax = 1000;
    private const int TopMax = 1_000_000;

    /// <summary>Adds what is missing.</summary>
    public static void Complete(JsonObject dashboard, ImportNotes notes)
    {
        if (dashboard.Word("title") is null)
        {
            dashboard["title"] = dashboard["title"].AsScalarText() is { Length: > 0 } number ? number : "Untitled";
        }

        // The number belongs to the database of the installation the dashboard came from.
        if (dashboard["id"] is not null)
        {
            dashboard["id"] = null;
        }

        Frame(dashboard, notes);
        DropWhatIsNoObject(dashboard, "panels", "panels", notes);
        foreach (JsonObject row in dashboard.Objects("panels"))
        {
            if (row["panels"] is not null)
            {
                DropWhatIsNoObject(row, "panels", "panels of a row", notes);
            }
        }

        DropWhatIsNoObject(dashboard.Ensure("templating"), "list", "variables", notes);
        DropWhatIsNoObject(dashboard.Ensure("annotations"), "list", "annotations", notes);
        KeepTexts(dashboard, "tags");
        UnnestRows(dashboard, notes);
        Variables(dashboard, notes);
        foreach (JsonObject panel in dashboard.Panels())
        {
            PanelShape.Complete(panel, notes);
        }

        Number(dashboard);
        Place(dashboard);
    }

    private static void DropWhatIsNoObject(JsonObject of, string name, string what, ImportNotes notes)
    {
        JsonArray list = of.EnsureArray(name);
        int dropped = 0;
        for (int i = list.Count - 1; i >= 0; i--)
        {
            if (list[i] is not JsonObject)
            {
                list.RemoveAt(i);
                dropped++;
            }
        }

        if (dropped > 0)
        {
            notes.OfDashboard.Add($"{dropped} of the {what} are no objects and were left out");
        }
    }

    private static void KeepTexts(JsonObject dashboard, string name)
    {
        if (dashboard[name].AsText() is { } one)
        {
            dashboard[name] = new JsonArray(one);
        }

        JsonArray list = dashboard.EnsureArray(name);
        for (int i = list.Count - 1; i >= 0; i--)
        {
            if (list[i].AsText() is null)
            {
                list.RemoveAt(i);
            }
        }
    }

    private static void Frame(JsonObject dashboard, ImportNotes notes)
    {
        bool lost = dashboard.Fit(MemberKind.Text, "description", "refresh", "timezone", "weekStart") | dashboard.Fit("graphTooltip", MemberKind.Number)
            | dashboard.Fit(MemberKind.Object, "time", "timepicker", "templating", "annotations") | PanelShape.DashboardLinks(dashboard);
        if (dashboard.Object("time") is { } time && (time.Fit(MemberKind.Text, "from", "to") | time.Word("from") is null | time.Word("to") is null))
        {
            dashboard.Remove("time");
            lost = true;
        }

        foreach (JsonObject annotation in dashboard.Object("annotations")?.Objects("list") ?? [])
        {
            lost |= annotation.Fit(MemberKind.Text, "name", "expr", "step", "titleFormat", "textFormat", "tagKeys", "iconColor") | annotation.Fit("enable", MemberKind.Flag)
                | annotation.Fit(MemberKind.Object, "target", "filter") | (annotation.Object("target")?.Fit(MemberKind.Text, "expr", "interval") ?? false);
            if (annotation.Object("filter") is { } filter && filter["ids"] is not (null or JsonArray))
            {
                annotation.Remove("filter");
                lost = true;
            }
        }

        if (lost)
        {
            notes.OfDashboard.Add("what is not of the kind it has to be was left out");
        }
    }

    // A variable without a name can neither be chosen nor meant.
    private static void Variables(JsonObject dashboard, ImportNotes notes)
    {
        JsonArray list = dashboard.Ensure("templating").EnsureArray("list");
        for (int i = list.Count - 1; i >= 0; i--)
        {
            var variable = (JsonObject)list[i]!;
            bool lost = variable.Fit(MemberKind.Text, "name", "label", "type", "regex", "definition", "allValue", "auto_min")
                | variable.Fit(MemberKind.Number, "hide", "sort", "refresh", "auto_count") | variable.Fit(MemberKind.Flag, "multi", "includeAll", "auto")
                | variable.Fit("current", MemberKind.Object) | variable.Fit(MemberKind.Objects, "options", "filters");
            if (variable.Word("name") is not { } name)
            {
                list.RemoveAt(i);
                notes.OfDashboard.Add("a variable without a name was left out");
            }
            else if (lost)
            {
                notes.OfDashboard.Add($"variable {name}: what is not of the kind it has to be was left out");
            }
        }
    }

    // A row within a row is a row behind it: nobody draws deeper than one level.
    private static void UnnestRows(JsonObject dashboard, ImportNotes notes)
    {
        JsonArray panels = dashboard.EnsureArray("panels");
        bool found = false;
        for (int i = 0; i < panels.Count; i++)
        {
            int behind = i + 1;
            JsonArray? inside = (panels[i] as JsonObject)?.Array("panels");
            for (int child = 0; child < (inside?.Count ?? 0);)
            {
                if (inside![child] is not JsonObject nested || !nested.IsRow())
                {
                    child++;
                    continue;
                }

                inside.RemoveAt(child);
                panels.Insert(behind++, nested);
                DropWhatIsNoObject(nested, "panels", "panels of a row", notes);
                found = true;
            }
        }

        if (found)
        {
            notes.OfDashboard.Add("rows within rows became rows behind them");
        }
    }

    // Links, annotations and the address bar name panels by number: each has one of its own.
    private static void Number(JsonObject dashboard)
    {
        var taken = new HashSet<long>();
        var without = new List<JsonObject>();
        foreach (JsonObject panel in dashboard.Panels())
        {
            if (!(panel["id"] is { } id && id.GetValueKind() == System.Text.Json.JsonValueKind.Number
                && id.AsNumber() is { } number && number >= 0 && number <= int.MaxValue && number == Math.Floor(number) && taken.Add((long)number)))
            {
                without.Add(panel);
            }
        }

        long next = 1;
        foreach (JsonObject panel in without)
        {
            while (!taken.Add(next))
            {
                next++;
            }

            panel["id"] = next;
        }
    }

    private static void Place(JsonObject dashboard)
    {
        int bottom = 0;
        foreach (JsonObject panel in dashboard.Panels())
        {
            JsonObject? place = panel.Object("gridPos");
            if (place is null)
            {
                panel["gridPos"] = place = new JsonObject
                {
                    ["h"] = panel.IsRow() ? 1 : HeightDefault, ["w"] = panel.IsRow() ? Columns : WidthDefault, ["x"] = 0, ["y"] = bottom,
                };
            }

            int width = Within(place, "w", 1, Columns, panel.IsRow() ? Columns : WidthDefault);
            Within(place, "x", 0, Columns - width, 0);
            int height = Within(place, "h", 1, HeightMax, panel.IsRow() ? 1 : HeightDefault);
            int top = Within(place, "y", 0, TopMax, bottom);
            bottom = Math.Max(bottom, top + height);
        }
    }

    // What is a whole number in the range stays as it was written.
    private static int Within(JsonObject place, string name, int least, int most, int missing)
    {
        double number = place.Number(name) ?? missing;
        int fitting = (int)Math.Clamp(Math.Round(number), least, most);
        if (place[name] is not { } there || there.GetValueKind() != System.Text.Json.JsonValueKind.Number || there.AsNumber() != fitting)
        {
            place[name] = fitting;
        }

        return fitting;
    }
}
