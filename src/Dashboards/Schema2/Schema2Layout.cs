using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Layouts of schema v2 as panels on the grid: rows and tabs become rows, a grid that arranges itself is arranged.</summary>
internal sealed class Schema2Layout(JsonObject elements, DashboardLimits limits, ImportNotes notes)
{
    private const int HeightDefault = 9;
    private const double UnitPixels = 30;
    private const double GapPixels = 8;
    private const int AutoColumns = 3;

    // Layouts hold layouts; JSON's own limit of nesting bounds this too, but not by what a stack can take.
    private const int DepthMax = 16;

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly PartCopies _copies = new(limits);
    private int _panels;
    private int _innerRows;
    private int _conditions;

    /// <summary>The panels of the classic form. An element that no layout names is left out, with a note.</summary>
    /// <exception cref="DashboardException">There are too many of them, or they are too large.</exception>
    public JsonArray Panels(JsonObject layout)
    {
        var panels = new JsonArray();
        int bottom = 0;
        Place(layout, panels, ref bottom, 0);
        int lost = elements.Count(element => !_used.Contains(element.Key));
        if (lost > 0)
        {
            notes.OfDashboard.Add($"{lost} elements stand in no layout and were left out");
        }

        return panels;
    }

    private void Place(JsonObject layout, JsonArray into, ref int top, int depth)
    {
        JsonObject spec = layout.Object("spec") ?? [];
        if (depth > DepthMax)
        {
            Note($"layouts deeper than {DepthMax} levels were left out");
            return;
        }

        switch (layout.Text("kind"))
        {
            case "GridLayout":
                Grid(spec.Objects("items"), into, ref top);
                break;
            case "AutoGridLayout":
                Auto(spec, into, ref top);
                break;
            case "RowsLayout":
                foreach (JsonObject row in spec.Objects("rows"))
                {
                    RowOrTab(row.Object("spec") ?? [], into, ref top, depth);
                }

                break;
            case "TabsLayout":
                Note("tabs became rows");
                foreach (JsonObject tab in spec.Objects("tabs"))
                {
                    RowOrTab(tab.Object("spec") ?? [], into, ref top, depth);
                }

                break;
        }
    }

    private void Grid(IEnumerable<JsonObject> items, JsonArray into, ref int top)
    {
        int bottom = top;
        foreach (JsonObject item in items)
        {
            JsonObject spec = item.Object("spec") ?? [];
            int y = (int)Math.Clamp(spec.Number("y") ?? 0, 0, 1_000_000);
            if (item.Text("kind") == "GridLayoutRow")
            {
                JsonObject heading = Heading(spec, spec.IsOn("collapsed"), top + y);
                into.Add((JsonNode)heading);
                int inner = top + y + 1;
                // The places of its elements count from the row on.
                Grid(spec.Objects("elements"), spec.IsOn("collapsed") ? heading.EnsureArray("panels") : into, ref inner);
                bottom = Math.Max(bottom, spec.IsOn("collapsed") ? top + y + 1 : inner);
                continue;
            }

            if (Panel(spec) is { } panel)
            {
                int height = (int)Math.Clamp(spec.Number("height") ?? HeightDefault, 1, 1000);
                panel["gridPos"] = new JsonObject { ["h"] = height, ["w"] = spec.Number("width") ?? 12, ["x"] = spec.Number("x") ?? 0, ["y"] = top + y };
                Repeat(spec, panel);
                into.Add((JsonNode)panel);
                bottom = Math.Max(bottom, top + y + height);
            }
        }

        top = bottom;
    }

    private void Auto(JsonObject spec, JsonArray into, ref int top)
    {
        int columns = (int)Math.Clamp(spec.Number("maxColumnCount") ?? AutoColumns, 1, DashboardShape.Columns);
        int width = DashboardShape.Columns / columns;
        int height = AutoHeightOf(spec);
        int at = 0;
        foreach (JsonObject item in spec.Objects("items"))
        {
            JsonObject own = item.Object("spec") ?? [];
            if (Panel(own) is not { } panel)
            {
                continue;
            }

            Repeat(own, panel);
            bool repeats = panel["repeat"] is not null;
            if (repeats)
            {
                // How many there will be nobody knows yet: lines of their own leave no hole beside or behind them.
                NextLine(ref at, columns);
                panel.Default("maxPerRow", columns);
                notes.Approximated(panel, "its repeats begin a line of their own");
            }

            panel["gridPos"] = new JsonObject
            {
                ["h"] = height, ["w"] = repeats ? DashboardShape.Columns : width, ["x"] = at % columns * width, ["y"] = top + (at / columns * height),
            };
            into.Add((JsonNode)panel);
            at++;
            if (repeats)
            {
                NextLine(ref at, columns);
            }
        }

        NextLine(ref at, columns);
        top += at / columns * height;
    }

    private static void NextLine(ref int at, int columns) => at = (at + columns - 1) / columns * columns;

    private static int AutoHeightOf(JsonObject spec)
    {
        double pixels = spec.Text("rowHeightMode") switch
        {
            "short" => 168,
            "tall" => 512,
            "custom" => spec.Number("rowHeight") ?? 320,
            _ => 320,
        };
        return (int)Math.Clamp(Math.Round((pixels + GapPixels) / (UnitPixels + GapPixels)), 1, 1000);
    }

    private void RowOrTab(JsonObject spec, JsonArray into, ref int top, int depth)
    {
        // What is shown under a condition is so with all that is in it.
        int conditions = IsConditional(spec) ? 1 : 0;
        _conditions += conditions;
        Row(spec, into, ref top, depth);
        _conditions -= conditions;
    }

    private static bool IsConditional(JsonObject spec) => spec.Object("conditionalRendering")?.Object("spec")?.Objects("items").Any() == true;

    private void Row(JsonObject spec, JsonArray into, ref int top, int depth)
    {
        bool folded = spec.IsOn("collapse");
        JsonObject layout = spec.Object("layout") ?? [];
        JsonObject[] inside = [.. RowsOf(layout).Select(static row => row.Object("spec")).OfType<JsonObject>()];
        if (inside.Length > 0)
        {
            // A row of the classic form holds no rows: theirs say where they belong. What each of them gets from this one is short.
            Count(ref _innerRows, inside.Length);
            string outer = Short(spec.Text("title"));
            string? repeat = spec.Object("repeat")?.Word("value") is { Length: <= DashboardLimits.TitleCharsMax } variable ? variable : null;
            foreach (JsonObject row in inside)
            {
                row["title"] = string.Join(" / ", new[] { outer, Short(row.Text("title")) }.Where(static title => title.Length > 0));
                if (repeat is not null)
                {
                    row.Default("repeat", new JsonObject { ["value"] = repeat });
                }

                if (folded)
                {
                    row["collapse"] = true;
                }
            }

            Place(layout, into, ref top, depth + 1);
            return;
        }

        JsonObject heading = Heading(spec, folded, top);
        into.Add((JsonNode)heading);
        top++;
        if (!folded)
        {
            Place(spec.Object("layout") ?? [], into, ref top, depth + 1);
            return;
        }

        var children = new JsonArray();
        int inner = top;
        Place(spec.Object("layout") ?? [], children, ref inner, depth + 1);
        // A row of the classic form holds panels, no rows.
        foreach (JsonObject child in children.OfType<JsonObject>().ToArray())
        {
            children.Remove(child);
            if (child.IsRow())
            {
                foreach (JsonObject grandchild in child.Objects("panels").ToArray())
                {
                    child.Array("panels")!.Remove(grandchild);
                    heading.EnsureArray("panels").Add((JsonNode)grandchild);
                }
            }
            else
            {
                heading.EnsureArray("panels").Add((JsonNode)child);
            }
        }
    }

    // Each is a few bytes in the layout and many in a panel, so they are counted before they are made.
    private void Count(ref int all, int more)
    {
        all += more;
        if (all > limits.PanelsMax)
        {
            throw limits.TooManyPanels;
        }
    }

    private void Note(string note)
    {
        if (!notes.OfDashboard.Contains(note))
        {
            notes.OfDashboard.Add(note);
        }
    }

    // Never half of a surrogate pair.
    private static string Short(string? title) =>
        title is not { Length: > DashboardLimits.TitleCharsMax } ? title ?? string.Empty
        : title[..(DashboardLimits.TitleCharsMax - (char.IsHighSurrogate(title[DashboardLimits.TitleCharsMax - 1]) ? 1 : 0))];

    private static IEnumerable<JsonObject> RowsOf(JsonObject layout) => layout.Text("kind") switch
    {
        "RowsLayout" => layout.Object("spec")?.Objects("rows") ?? [],
        "TabsLayout" => layout.Object("spec")?.Objects("tabs") ?? [],
        _ => [],
    };

    private JsonObject Heading(JsonObject spec, bool folded, int top)
    {
        Count(ref _panels, 1);
        var heading = new JsonObject
        {
            ["type"] = "row",
            ["title"] = spec.Text("title") ?? string.Empty,
            ["collapsed"] = folded,
            ["panels"] = new JsonArray(),
            ["gridPos"] = new JsonObject { ["h"] = 1, ["w"] = DashboardShape.Columns, ["x"] = 0, ["y"] = top },
        };
        if (spec.Object("repeat")?.Word("value") is { } variable)
        {
            heading["repeat"] = variable;
        }

        return heading;
    }

    private static void Repeat(JsonObject item, JsonObject panel)
    {
        if (item.Object("repeat") is not { } repeat || repeat.Word("value") is not { } variable)
        {
            return;
        }

        panel["repeat"] = variable;
        panel["repeatDirection"] = repeat.Text("direction") == "v" ? "v" : "h";
        if (repeat.Number("maxPerRow") is { } most)
        {
            panel["maxPerRow"] = most;
        }
    }

    private JsonObject? Panel(JsonObject item)
    {
        if (item.Object("element")?.Text("name") is not { } name || elements.Object(name) is not { } element)
        {
            return null;
        }

        Count(ref _panels, 1);
        _used.Add(name);
        // One element may stand in several places; each gets a panel of its own.
        JsonObject spec = element.Object("spec") is { } shared ? (JsonObject)_copies.Of(shared) : [];
        var panel = new JsonObject();
        if (_conditions > 0 || IsConditional(item))
        {
            notes.Approximated(panel, "it is always shown: the conditions for it are not evaluated");
        }

        spec.Move("id", panel);
        spec.Move("title", panel);
        if (element.Text("kind") == "LibraryPanel")
        {
            panel["type"] = LibraryElements.Reference;
            spec.Move("libraryPanel", panel);
            return panel;
        }

        JsonObject viz = spec.Take("vizConfig") as JsonObject ?? [];
        JsonObject look = viz.Object("spec") ?? [];
        panel["type"] = (viz.Text("kind") == "VizConfig" ? viz.Text("group") : viz.Text("kind")) ?? string.Empty;
        JsonNode? version = viz["version"] ?? look["pluginVersion"];
        if (version.AsText() is { Length: > 0 } plugin)
        {
            panel["pluginVersion"] = plugin;
        }

        spec.Move("description", panel);
        spec.Move("links", panel);
        spec.Move("transparent", panel);
        look.Move("options", panel);
        look.Move("fieldConfig", panel);
        Data(panel, spec.Object("data")?.Object("spec") ?? []);
        return panel;
    }

    private static void Data(JsonObject panel, JsonObject data)
    {
        JsonNode[] targets = [.. data.Objects("queries").Select(Schema2Queries.Target)];
        if (targets.Length > 0)
        {
            JsonNode? first = targets[0]["datasource"];
            bool same = targets.All(target => JsonNode.DeepEquals(target["datasource"], first));
            panel["datasource"] = same ? first?.DeepClone() : new JsonObject { ["type"] = "datasource", ["uid"] = "-- Mixed --" };
            panel["targets"] = new JsonArray(targets);
        }

        JsonNode[] steps = [.. data.Objects("transformations").Select(Transformation)];
        if (steps.Length > 0)
        {
            panel["transformations"] = new JsonArray(steps);
        }

        JsonObject options = data.Object("queryOptions") ?? [];
        foreach (string name in (ReadOnlySpan<string>)["timeFrom", "timeShift", "maxDataPoints", "interval", "cacheTimeout", "queryCachingTTL", "hideTimeOverride"])
        {
            options.Move(name, panel);
        }
    }

    private static JsonNode Transformation(JsonObject kind)
    {
        JsonObject step = kind.Take("spec") as JsonObject ?? [];
        step.Default("id", kind.Text("kind") == "Transformation" ? kind.Text("group") : kind.Text("kind"));
        step.Default("options", new JsonObject());
        return step;
    }
}
