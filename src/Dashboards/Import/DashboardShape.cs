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
        // Rows of before 16 may have held some, too.
        Flatten(dashboard, notes);
        FitKinds(dashboard, notes);
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

    /// <summary>
    /// Brings what is drawn to the kinds it has to be of: before the migrations, so that they find what they look for, and after them, for what
    /// they made.
    /// </summary>
    public static void FitKinds(JsonObject dashboard, ImportNotes notes)
    {
        // It was a boolean where it was off.
        if (dashboard.Flag("refresh") is not null)
        {
            dashboard["refresh"] = string.Empty;
        }

        bool lost = dashboard.Fit(MemberKind.Text, "description", "refresh", "timezone", "weekStart") | dashboard.Fit("graphTooltip", MemberKind.Number)
            | dashboard.Fit(MemberKind.Object, "time", "timepicker", "templating", "annotations") | PanelShape.FitDashboardLinks(dashboard) | FitAnnotations(dashboard);
        if (dashboard.Object("time") is { } time && (time.Fit(MemberKind.Text, "from", "to") | time.Word("from") is null | time.Word("to") is null))
        {
            dashboard.Remove("time");
            lost = true;
        }

        foreach (JsonObject variable in dashboard.Variables())
        {
            lost |= variable.Fit(MemberKind.Text, "name", "label", "type", "regex", "definition", "allValue", "auto_min", "enabledValue", "disabledValue")
                | variable.Fit(MemberKind.Number, "hide", "sort", "refresh", "auto_count") | variable.Fit(MemberKind.Flag, "multi", "includeAll", "auto")
                | variable.Fit("current", MemberKind.Object) | variable.Fit(MemberKind.Objects, "options", "filters");
        }

        const string Note = "what is not of the kind it has to be was left out";
        if (lost && !notes.OfDashboard.Contains(Note))
        {
            notes.OfDashboard.Add(Note);
        }

        foreach (JsonObject panel in dashboard.Panels())
        {
            PanelShape.FitKinds(panel, notes);
        }
    }

    private static bool FitAnnotations(JsonObject dashboard)
    {
        bool lost = false;
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

        return lost;
    }

    /// <summary>
    /// A row within a row becomes a row behind it, and what else is deeper than within a row moves up to that: nobody draws deeper, and no
    /// migration looks there.
    /// </summary>
    public static void Flatten(JsonObject dashboard, ImportNotes notes)
    {
        bool found = false;
        foreach (JsonObject row in dashboard.Objects("rows"))
        {
            found |= row.Array("panels") is { } inside && Flatten(inside, behind: null);
        }

        if (dashboard.Array("panels") is { } panels)
        {
            for (int i = 0; i < panels.Count; i++)
            {
                var nested = new List<JsonObject>();
                found |= (panels[i] as JsonObject)?.Array("panels") is { } inside && Flatten(inside, nested);
                for (int at = 0; at < nested.Count; at++)
                {
                    panels.Insert(i + 1 + at, nested[at]);
                }
            }
        }

        if (found)
        {
            notes.OfDashboard.Add("what was deeper than within a row moved up");
        }
    }

    private static bool Flatten(JsonArray inside, List<JsonObject>? behind)
    {
        bool found = false;
        for (int i = 0; i < inside.Count;)
        {
            if (inside[i] is JsonObject row && row.IsRow() && behind is not null)
            {
                inside.RemoveAt(i);
                behind.Add(row);
                found = true;
                continue;
            }

            if ((inside[i] as JsonObject)?.Take("panels") is JsonArray deeper)
            {
                foreach (JsonNode? one in deeper.ToArray())
                {
                    deeper.Remove(one);
                    inside.Add(one);
                    found = true;
                }
            }

            i++;
        }

        return found;
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
