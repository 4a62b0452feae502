using System.Text;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards.Tests;

public sealed class Schema2DashboardTests
{
    private const string Beta = """
        {"apiVersion":"dashboard.grafana.app/v2beta1","kind":"Dashboard","metadata":{"name":"my-uid"},"spec":{
          "title":"T","description":"d","tags":["a"],"cursorSync":"Crosshair","editable":true,"liveNow":false,"preload":false,"links":[],
          "timeSettings":{"timezone":"utc","from":"now-1h","to":"now","autoRefresh":"30s","autoRefreshIntervals":["5s","30s"],"hideTimepicker":false,"weekStart":"monday","fiscalYearStartMonth":0},
          "annotations":[{"kind":"AnnotationQuery","spec":{"query":{"kind":"DataQuery","group":"prometheus","version":"v0","datasource":{"name":"P"},"spec":{"expr":"changes(x[1m])"}},"enable":true,"hide":false,"iconColor":"red","name":"Deploys"}}],
          "variables":[
            {"kind":"QueryVariable","spec":{"name":"job","label":"Job","hide":"hideLabel","refresh":"onTimeRangeChanged","sort":"alphabeticalDesc","skipUrlSync":false,"multi":true,"includeAll":true,"allValue":".*","regex":"","current":{"text":"All","value":"$__all"},"options":[],
              "query":{"kind":"DataQuery","group":"prometheus","version":"v0","datasource":{"name":"${ds}"},"spec":{"query":"label_values(up, job)","refId":"V"}}}},
            {"kind":"DatasourceVariable","spec":{"name":"ds","pluginId":"prometheus","hide":"dontHide","refresh":"onDashboardLoad","regex":"","current":{"text":"x","value":"x"},"options":[]}},
            {"kind":"IntervalVariable","spec":{"name":"i","query":"1m,5m","auto":true,"auto_min":"10s","auto_count":30,"hide":"hideVariable","refresh":"onTimeRangeChanged"}}],
          "elements":{
            "panel-1":{"kind":"Panel","spec":{"id":1,"title":"One","description":"","links":[],"data":{"kind":"QueryGroup","spec":{
                "queries":[{"kind":"PanelQuery","spec":{"refId":"A","hidden":false,"query":{"kind":"DataQuery","group":"prometheus","version":"v0","datasource":{"name":"${ds}"},"spec":{"expr":"up","legendFormat":"x"}}}}],
                "transformations":[{"kind":"Transformation","group":"organize","spec":{"disabled":false,"options":{"indexByName":{}}}}],
                "queryOptions":{"interval":"30s","maxDataPoints":500}}},
              "vizConfig":{"kind":"VizConfig","group":"timeseries","version":"12.0.0","spec":{"options":{"legend":{"showLegend":true}},"fieldConfig":{"defaults":{"unit":"s"},"overrides":[]}}}}},
            "panel-2":{"kind":"Panel","spec":{"id":2,"title":"Two","data":{"kind":"QueryGroup","spec":{"queries":[],"transformations":[],"queryOptions":{}}},"vizConfig":{"kind":"VizConfig","group":"text","version":"","spec":{"options":{"content":"hi"},"fieldConfig":{"defaults":{},"overrides":[]}}}}},
            "lost":{"kind":"Panel","spec":{"id":3,"title":"Nowhere"}}},
          "layout":LAYOUT}}
        """;

    private static ImportedDashboard Import(string layout) =>
        Stored.Of(DashboardImport.Read(Encoding.UTF8.GetBytes(Beta.Replace("LAYOUT", layout, StringComparison.Ordinal)), new DashboardLimits()));

    private static string Item(string name, string place) =>
        """{"kind":"GridLayoutItem","spec":{PLACE,"element":{"kind":"ElementReference","name":"NAME"}}}"""
            .Replace("PLACE", place, StringComparison.Ordinal).Replace("NAME", name, StringComparison.Ordinal);

    private static IEnumerable<string> Places(JsonObject dashboard) => dashboard.Panels().Select(panel =>
        $"{panel["type"]} {panel["title"]} {panel["gridPos"]!["x"]},{panel["gridPos"]!["y"]} {panel["gridPos"]!["w"]}x{panel["gridPos"]!["h"]}");

    private static JsonObject Spec(string elements, string layout, DashboardLimits limits) => DashboardImport.Read(
        Encoding.UTF8.GetBytes($"{{\"apiVersion\":\"dashboard.grafana.app/v2beta1\",\"spec\":{{\"title\":\"t\",\"elements\":{elements},\"layout\":{layout}}}}}"), limits).Dashboard;

    [Fact]
    public void Rows_within_a_row_with_a_long_title_or_repeat_get_little_of_it()
    {
        string shortened = new('a', DashboardLimits.TitleCharsMax - 1);
        string layout = """
            {"kind":"RowsLayout","spec":{"rows":[
              {"spec":{"title":"TITLE\ud83d\ude00","repeat":{"mode":"variable","value":"v"},"layout":{"kind":"TabsLayout","spec":{"tabs":[{"spec":{"title":"in"}}]}}}},
              {"spec":{"title":"b","repeat":{"value":"LONG"},"layout":{"kind":"RowsLayout","spec":{"rows":[{"spec":{"title":"in"}}]}}}}]}}
            """.Replace("TITLE", shortened, StringComparison.Ordinal).Replace("LONG", new string('v', DashboardLimits.TitleCharsMax + 1), StringComparison.Ordinal);
        JsonObject stored = Spec("{}", layout, new DashboardLimits());
        Assert.Equal((string?[])[shortened + " / in", "b / in"], stored.Panels().Select(static row => (string?)row["title"]));
        Assert.Equal((string?[])["v", null], stored.Panels().Select(static row => (string?)row["repeat"]));
    }

    [Fact]
    public void Rows_panels_and_copies_are_taken_up_to_their_limits_and_not_one_further()
    {
        string rows = """{"kind":"RowsLayout","spec":{"rows":[{"spec":{"title":"a","layout":{"kind":"RowsLayout","spec":{"rows":[{"spec":{}},{"spec":{}},{"spec":{}}]}}}}]}}""";
        string items = """{"kind":"AutoGridLayout","spec":{"items":[{"spec":{"element":{"name":"a"}}},{"spec":{"element":{"name":"a"}}},{"spec":{"element":{"name":"a"}}}]}}""";
        string element = "{\"a\":{\"kind\":\"Panel\",\"spec\":{\"title\":\"" + new string('x', 1000) + "\"}}}";
        foreach (string layout in (string[])[rows, items])
        {
            Assert.Equal(3, Spec(element, layout, new DashboardLimits { PanelsMax = 3 }).Panels().Count());
            Assert.Equal(DashboardFault.TooLarge, Assert.Throws<DashboardException>(() => Spec(element, layout, new DashboardLimits { PanelsMax = 2 })).Fault);
        }

        var refused = Assert.Throws<DashboardException>(() => Spec(element, items, new DashboardLimits { BytesMax = 3000 }));
        Assert.Equal(DashboardFault.TooLarge, refused.Fault);
        Assert.Contains("have in common", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"apiVersion\":\"dashboard.grafana.app/v2beta1\",\"ELEMENTS,\"spec\":{SPEC}}")]
    [InlineData("{\"apiVersion\":\"dashboard.grafana.app/v2beta1\",\"spec\":{\"ELEMENTS,SPEC}}")]
    public void A_library_panel_that_came_along_is_drawn_from_there(string form)
    {
        string json = form
            .Replace("ELEMENTS", """__elements":{"cpu":{"uid":"cpu","name":"CPU","kind":1,"model":{"type":"graph","title":"CPU","yaxes":[{"format":"s"},{}],"targets":[{"expr":"up"}]}}}""", StringComparison.Ordinal)
            .Replace("SPEC", """
                "title":"t","elements":{"a":{"kind":"LibraryPanel","spec":{"id":1,"title":"","libraryPanel":{"uid":"cpu","name":"CPU"}}}},
                "layout":{"kind":"GridLayout","spec":{"items":[{"kind":"GridLayoutItem","spec":{"x":0,"y":0,"width":12,"height":8,"element":{"name":"a"}}}]}}
                """, StringComparison.Ordinal);
        ImportedDashboard imported = Stored.Of(DashboardImport.Read(Encoding.UTF8.GetBytes(json), new DashboardLimits()));
        JsonNode panel = imported.Dashboard["panels"]![0]!;
        Assert.Equal(("timeseries", "s"), ((string?)panel["type"], (string?)panel["fieldConfig"]!["defaults"]!["unit"]));
        Assert.Equal("""{"uid":"cpu","name":"CPU"}""", panel["libraryPanel"]!.ToJsonString());
        Assert.Equal(PanelOutcome.Ok, Assert.Single(imported.Report.Panels).Outcome);
    }

    [Fact]
    public void Settings_variables_annotations_and_panels_have_their_classic_form()
    {
        ImportedDashboard imported = Import(
            "{\"kind\":\"GridLayout\",\"spec\":{\"items\":["
            + Item("panel-1", "\"x\":0,\"y\":0,\"width\":12,\"height\":8,\"repeat\":{\"mode\":\"variable\",\"value\":\"job\",\"direction\":\"v\",\"maxPerRow\":3}")
            + "," + Item("panel-2", "\"x\":12,\"y\":0,\"width\":12,\"height\":4") + "]}}");
        JsonObject dashboard = imported.Dashboard;
        Assert.Equal(("my-uid", "T", 1, "30s", "utc"), ((string?)dashboard["uid"], (string?)dashboard["title"], (int)dashboard["graphTooltip"]!, (string?)dashboard["refresh"], (string?)dashboard["timezone"]));
        Assert.Equal("""{"from":"now-1h","to":"now"}""", dashboard["time"]!.ToJsonString());
        Assert.Equal(["5s", "30s"], dashboard["timepicker"]!["refresh_intervals"]!.AsArray().Select(i => (string)i!));
        JsonArray variables = dashboard["templating"]!["list"]!.AsArray();
        Assert.Equal(("query", 1, 2, 2), ((string?)variables[0]!["type"], (int)variables[0]!["hide"]!, (int)variables[0]!["refresh"]!, (int)variables[0]!["sort"]!));
        Assert.Equal("label_values(up, job)", (string?)variables[0]!["query"]!["query"]);
        Assert.Equal("""{"type":"prometheus","uid":"${ds}"}""", variables[0]!["datasource"]!.ToJsonString());
        Assert.Equal(("datasource", "prometheus"), ((string?)variables[1]!["type"], (string?)variables[1]!["query"]));
        Assert.Equal(("interval", 2), ((string?)variables[2]!["type"], (int)variables[2]!["hide"]!));
        Assert.Equal("changes(x[1m])", (string?)dashboard["annotations"]!["list"]![0]!["expr"]);
        Assert.Equal("P", (string?)dashboard["annotations"]!["list"]![0]!["datasource"]!["uid"]);

        JsonObject panel = dashboard["panels"]![0]!.AsObject();
        Assert.Equal(["timeseries One 0,0 12x8", "text Two 12,0 12x4"], Places(dashboard));
        Assert.Equal(("job", "v", 3), ((string?)panel["repeat"], (string?)panel["repeatDirection"], (int)panel["maxPerRow"]!));
        Assert.Equal("""[{"expr":"up","legendFormat":"x","datasource":{"type":"prometheus","uid":"${ds}"},"refId":"A","hide":false}]""", panel["targets"]!.ToJsonString());
        Assert.Equal("organize", (string?)panel["transformations"]![0]!["id"]);
        Assert.Equal(("30s", 500, "s"), ((string?)panel["interval"], (int)panel["maxDataPoints"]!, (string?)panel["fieldConfig"]!["defaults"]!["unit"]));
        Assert.Equal(["1 elements stand in no layout and were left out"], imported.Report.Notes);
        Assert.Equal(2, imported.Report.Count(PanelOutcome.Ok));
    }

    [Fact]
    public void What_repeats_in_a_grid_that_arranges_itself_has_lines_of_its_own()
    {
        ImportedDashboard imported = Import("""
            {"kind":"AutoGridLayout","spec":{"maxColumnCount":3,"rowHeightMode":"short","items":[
              {"spec":{"element":{"name":"panel-2"}}},
              {"spec":{"element":{"name":"panel-1"},"repeat":{"mode":"variable","value":"job"}}},
              {"spec":{"element":{"name":"panel-2"}}},{"spec":{"element":{"name":"panel-2"}}}]}}
            """);
        Assert.Equal(["text Two 0,0 8x5", "timeseries One 0,5 24x5", "text Two 0,10 8x5", "text Two 8,10 8x5"], Places(imported.Dashboard));
        JsonNode repeated = imported.Dashboard["panels"]![1]!;
        Assert.Equal(("job", "h", 3), ((string?)repeated["repeat"], (string?)repeated["repeatDirection"], (int)repeated["maxPerRow"]!));
        Assert.Equal((PanelOutcome.Approximated, 3), (imported.Report.Panels[1].Outcome, imported.Report.Count(PanelOutcome.Ok)));
    }

    [Theory]
    [InlineData("tall", null, 14)]
    [InlineData("standard", null, 9)]
    [InlineData("custom", "500", 13)]
    [InlineData("custom", "1e300", 1000)]
    public void Lines_of_a_grid_that_arranges_itself_are_as_high_as_it_says(string mode, string? pixels, int units)
    {
        JsonObject dashboard = Import(
            """{"kind":"AutoGridLayout","spec":{"rowHeightMode":"MODE","rowHeight":PIXELS,"items":[{"spec":{"element":{"name":"panel-2"}}}]}}"""
                .Replace("MODE", mode, StringComparison.Ordinal).Replace("PIXELS", pixels ?? "null", StringComparison.Ordinal)).Dashboard;
        Assert.Equal(units, (int)dashboard["panels"]![0]!["gridPos"]!["h"]!);
    }

    [Fact]
    public void Panels_that_are_shown_under_a_condition_say_that_they_always_are()
    {
        const string Condition = "\"conditionalRendering\":{\"kind\":\"ConditionalRenderingGroup\",\"spec\":{\"visibility\":\"show\",\"condition\":\"and\",\"items\":[ITEMS]}}";
        ImportedDashboard With(string row, string item, string items = "{\"kind\":\"ConditionalRenderingData\",\"spec\":{\"value\":true}}") => Import(
            """
            {"kind":"RowsLayout","spec":{"rows":[{"spec":{"title":"r"ROW,"layout":{"kind":"TabsLayout","spec":{"tabs":[{"spec":{"title":"t","layout":{"kind":"AutoGridLayout","spec":{"items":[
              {"spec":{"element":{"name":"panel-1"}ITEM}},{"spec":{"element":{"name":"panel-2"}}}]}}}}]}}}}]}}
            """
                .Replace("ROW", row, StringComparison.Ordinal).Replace("ITEM}", item + "}", StringComparison.Ordinal).Replace("ITEMS", items, StringComparison.Ordinal));
        IEnumerable<PanelOutcome> Outcomes(ImportedDashboard imported) => imported.Report.Panels.Select(static panel => panel.Outcome);
        Assert.Equal([PanelOutcome.Ok, PanelOutcome.Ok], Outcomes(With(string.Empty, string.Empty)));
        Assert.Equal([PanelOutcome.Approximated, PanelOutcome.Ok], Outcomes(With(string.Empty, "," + Condition)));
        Assert.Equal([PanelOutcome.Approximated, PanelOutcome.Approximated], Outcomes(With("," + Condition, string.Empty)));
        Assert.Equal([PanelOutcome.Ok, PanelOutcome.Ok], Outcomes(With("," + Condition, string.Empty, string.Empty)));
    }

    [Fact]
    public void Rows_tabs_and_grids_that_arrange_themselves_become_rows_and_places()
    {
        const string Auto = """{"kind":"AutoGridLayout","spec":{"maxColumnCount":2,"items":[{"kind":"AutoGridLayoutItem","spec":{"element":{"name":"panel-1"}}},{"kind":"AutoGridLayoutItem","spec":{"element":{"name":"panel-2"}}}]}}""";
        JsonObject rows = Import("""
            {"kind":"RowsLayout","spec":{"rows":[{"kind":"RowsLayoutRow","spec":{"title":"open","collapse":false,"layout":AUTO}},{"kind":"RowsLayoutRow","spec":{"title":"shut","collapse":true,"repeat":{"value":"job"},"layout":AUTO}}]}}
            """.Replace("AUTO", Auto, StringComparison.Ordinal)).Dashboard;
        Assert.Equal(
            ["row open 0,0 24x1", "timeseries One 0,1 12x9", "text Two 12,1 12x9", "row shut 0,10 24x1", "timeseries One 0,11 12x9", "text Two 12,11 12x9"], Places(rows));
        Assert.Equal("job", (string?)rows["panels"]![3]!["repeat"]);
        Assert.Equal(6, rows.Panels().Select(panel => (int)panel["id"]!).Distinct().Count());

        ImportedDashboard tabs = Import(
            """{"kind":"TabsLayout","spec":{"tabs":[{"kind":"TabsLayoutTab","spec":{"title":"tab","layout":AUTO}}]}}""".Replace("AUTO", Auto, StringComparison.Ordinal));
        Assert.Equal(["row tab 0,0 24x1", "timeseries One 0,1 12x9", "text Two 12,1 12x9"], Places(tabs.Dashboard));
        Assert.Contains("tabs became rows", tabs.Report.Notes);

        JsonObject both = Import(
            """
            {"kind":"TabsLayout","spec":{"tabs":[{"kind":"TabsLayoutTab","spec":{"title":"tab","repeat":{"value":"job"},"layout":{"kind":"RowsLayout","spec":{"rows":[
              {"kind":"RowsLayoutRow","spec":{"title":"one","layout":AUTO}},{"kind":"RowsLayoutRow","spec":{"repeat":{"value":"pod"},"layout":AUTO}}]}}}}]}}
            """.Replace("AUTO", Auto, StringComparison.Ordinal)).Dashboard;
        Assert.Equal(
            ["row tab / one 0,0 24x1", "timeseries One 0,1 12x9", "text Two 12,1 12x9", "row tab 0,10 24x1", "timeseries One 0,11 12x9", "text Two 12,11 12x9"], Places(both));
        Assert.Equal(["job", "pod"], both.Panels().Where(panel => panel.IsRow()).Select(panel => (string?)panel["repeat"]));
    }

    [Fact]
    public void The_alpha_form_names_plug_ins_elsewhere()
    {
        JsonObject dashboard = DashboardImport.Read(
            """
            {"apiVersion":"dashboard.grafana.app/v2alpha1","kind":"Dashboard","metadata":{"name":"a"},"spec":{"title":"T","elements":{"p":{"kind":"Panel","spec":{"id":5,"title":"P",
              "data":{"kind":"QueryGroup","spec":{"queries":[{"kind":"PanelQuery","spec":{"refId":"B","hidden":true,"datasource":{"type":"prometheus","uid":"u"},"query":{"kind":"prometheus","spec":{"expr":"up"}}}}],"transformations":[{"kind":"limit","spec":{"id":"limit","options":{"limitField":3}}}],"queryOptions":{}}},
              "vizConfig":{"kind":"stat","spec":{"pluginVersion":"11.6","options":{},"fieldConfig":{"defaults":{},"overrides":[]}}}}}},
              "layout":{"kind":"GridLayout","spec":{"items":[{"kind":"GridLayoutRow","spec":{"y":0,"collapsed":false,"title":"R","elements":[{"kind":"GridLayoutItem","spec":{"x":0,"y":0,"width":6,"height":4,"element":{"name":"p"}}}]}}]}}}}
            """u8,
            new DashboardLimits()).Dashboard;
        Assert.Equal(["row R 0,0 24x1", "stat P 0,1 6x4"], Places(dashboard));
        Assert.Equal("""{"expr":"up","datasource":{"type":"prometheus","uid":"u"},"refId":"B","hide":true}""", dashboard["panels"]![1]!["targets"]![0]!.ToJsonString());
        Assert.Equal("limit", (string?)dashboard["panels"]![1]!["transformations"]![0]!["id"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"kind\":\"RowsLayout\",\"spec\":{\"rows\":[1,{\"spec\":3}]}}")]
    public void A_layout_that_is_none_leaves_a_dashboard_without_panels(string layout) => Assert.Empty(Import(layout).Dashboard["panels"]!.AsArray().Where(p => !p!.AsObject().IsRow()));
}
