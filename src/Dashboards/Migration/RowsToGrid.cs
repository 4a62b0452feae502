using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Schema 16: rows with spans of twelfths become panels on a grid of 24 columns, 30 pixels and a gap of 8 high.</summary>
internal static class RowsToGrid
{
    private const int SpansOfRow = 12;
    private const int ColumnsOfSpan = 2;
    private const double PixelsOfUnit = 38;
    private const double PixelsOfRow = 250;

    /// <summary>Turns <c>rows</c> into <c>panels</c>.</summary>
    public static void Apply(JsonObject dashboard, ImportNotes notes)
    {
        if (dashboard.Take("rows") is not JsonArray rows)
        {
            return;
        }

        JsonArray panels = dashboard.EnsureArray("panels");
        // Rows are drawn where one of them has something to show: a title, a fold, a repeat.
        bool drawn = rows.OfType<JsonObject>().Any(row => row.IsOn("collapse") || row.IsOn("showTitle") || row.Word("repeat") is not null);
        int top = 0;
        foreach (JsonObject row in rows.OfType<JsonObject>())
        {
            bool folded = row.IsOn("collapse") || row.IsOn("collapsed");
            int height = HeightOf(row["height"]) ?? (int)Math.Ceiling(PixelsOfRow / PixelsOfUnit);
            JsonArray into = panels;
            if (drawn)
            {
                JsonObject heading = Heading(row, folded, top);
                panels.Add((JsonNode)heading);
                into = folded ? heading.EnsureArray("panels") : panels;
                top++;
            }

            top = Fill(row, into, height, top, folded);
        }
    }

    private static JsonObject Heading(JsonObject row, bool folded, int top)
    {
        var heading = new JsonObject
        {
            ["type"] = "row",
            ["title"] = row.Text("title") ?? string.Empty,
            ["collapsed"] = folded,
            ["panels"] = new JsonArray(),
            ["gridPos"] = Place(0, top, DashboardShape.Columns, 1),
        };
        if (row.Word("repeat") is { } variable)
        {
            heading["repeat"] = variable;
        }

        return heading;
    }

    // From left to right; a panel that does not fit beside the others begins a new line below the tallest.
    private static int Fill(JsonObject row, JsonArray into, int rowHeight, int top, bool folded)
    {
        int left = 0;
        int lineTop = top;
        int bottom = top;
        if (row.Take("panels") is JsonArray panels)
        {
            foreach (JsonNode? node in panels.ToArray())
            {
                panels.Remove(node);
                if (node is not JsonObject panel)
                {
                    continue;
                }

                int width = (int)Math.Clamp(Math.Round((panel.Take("span").AsNumber() ?? SpansOfRow / 2d) * ColumnsOfSpan), 1, DashboardShape.Columns);
                int height = HeightOf(panel.Take("height")) ?? rowHeight;
                if (left + width > DashboardShape.Columns)
                {
                    left = 0;
                    lineTop = bottom;
                }

                panel["gridPos"] = Place(left, lineTop, width, height);
                left += width;
                bottom = Math.Max(bottom, lineTop + height);
                into.Add((JsonNode)panel);
            }
        }

        return folded ? top : bottom;
    }

    private static JsonObject Place(int x, int y, int w, int h) => new() { ["h"] = h, ["w"] = w, ["x"] = x, ["y"] = y };

    /// <summary>Units of height of <c>250</c>, <c>"250px"</c> and kin.</summary>
    private static int? HeightOf(JsonNode? height)
    {
        double? pixels = height.AsNumber();
        if (pixels is null && height.AsText() is { } text)
        {
            pixels = JsonValue.Create(text.Replace("px", string.Empty, StringComparison.OrdinalIgnoreCase).Trim()).AsNumber();
        }

        return pixels > 0 ? (int)Math.Clamp(Math.Ceiling(pixels.Value / PixelsOfUnit), 1, 100) : null;
    }
}
