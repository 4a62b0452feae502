using System.Text;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards.Tests;

public sealed class OldPanelsTests
{
    private static (JsonObject Panel, PanelReport Report) Import(string panel)
    {
        ImportedDashboard imported = DashboardImport.Read(
            Encoding.UTF8.GetBytes($$"""{"title":"t","schemaVersion":36,"panels":[{{panel}}]}"""), new DashboardLimits());
        return (imported.Dashboard["panels"]![0]!.AsObject(), imported.Report.Panels[0]);
    }

    [Fact]
    public void A_graph_is_a_time_series_panel()
    {
        (JsonObject panel, PanelReport report) = Import("""
            {"type":"graph","title":"CPU","targets":[{"expr":"up"}],"lines":true,"fill":3,"linewidth":2,"stack":true,"percentage":true,"steppedLine":true,"nullPointMode":"connected",
             "points":true,"pointradius":3,"decimals":1,"mine":1,
             "yaxes":[{"format":"bytes","min":"0","max":null,"label":"used","logBase":10,"show":true},{"format":"percent","max":100,"label":"share","show":true}],
             "xaxis":{"mode":"time","show":false},
             "legend":{"show":true,"alignAsTable":true,"rightSide":true,"values":true,"avg":true,"current":true,"sort":"avg","sortDesc":true,"sideWidth":200},
             "tooltip":{"shared":false,"sort":2},
             "aliasColors":{"idle":"#ccc"},
             "seriesOverrides":[{"alias":"/in.*/","yaxis":2,"transform":"negative-Y","fill":0,"lines":true},{"alias":"max","stack":false,"dashes":true,"color":"red","legend":false,"fillBelowTo":"min"}],
             "thresholds":[{"value":80,"op":"gt","colorMode":"warning","line":true,"fill":true},{"value":90,"op":"gt","colorMode":"critical","line":true,"fill":true}]}
            """);
        Assert.Equal(("timeseries", "graph", PanelOutcome.Ok), (report.Type, report.WasType, report.Outcome));
        JsonNode defaults = panel["fieldConfig"]!["defaults"]!;
        Assert.Equal(
            """{"axisLabel":"used","scaleDistribution":{"type":"log","log":10},"drawStyle":"line","lineWidth":2,"fillOpacity":30,"gradientMode":"none","lineInterpolation":"stepAfter","showPoints":"always","pointSize":6,"stacking":{"mode":"percent","group":"A"},"spanNulls":true,"thresholdsStyle":{"mode":"line\u002Barea"}}""",
            defaults["custom"]!.ToJsonString());
        Assert.Equal(("bytes", 0d, 1d), ((string?)defaults["unit"], (double)defaults["min"]!, (double)defaults["decimals"]!));
        Assert.Null(defaults["max"]);
        Assert.Equal(
            """{"mode":"absolute","steps":[{"color":"transparent","value":null},{"color":"orange","value":80},{"color":"red","value":90}]}""", defaults["thresholds"]!.ToJsonString());
        Assert.Equal(
            [
                """byName idle color={"mode":"fixed","fixedColor":"#ccc"}""",
                """byRegexp /in.*/ custom.axisPlacement="right" unit="percent" max=100 custom.axisLabel="share" custom.drawStyle="line" custom.fillOpacity=0 custom.transform="negative-Y" """.Trim(),
                """byName max color={"mode":"fixed","fixedColor":"red"} custom.stacking={"mode":"none","group":"A"} custom.lineStyle={"fill":"dash","dash":[10,10]} custom.fillBelowTo="min" custom.hideFrom={"legend":true,"tooltip":false,"viz":false}""",
                """byType time custom.axisPlacement="hidden" """.Trim(),
            ],
            panel["fieldConfig"]!["overrides"]!.AsArray().Select(rule =>
                $"{rule!["matcher"]!["id"]} {rule["matcher"]!["options"]} {string.Join(' ', rule["properties"]!.AsArray().Select(p => $"{p!["id"]}={p["value"]!.ToJsonString()}"))}"));
        Assert.Equal(
            """{"tooltip":{"mode":"single","sort":"desc"},"legend":{"showLegend":true,"displayMode":"table","placement":"right","calcs":["mean","lastNotNull"],"sortBy":"Mean","sortDesc":true,"width":200}}""",
            panel["options"]!.ToJsonString());
        Assert.Equal(["fieldConfig", "gridPos", "id", "mine", "options", "targets", "title", "type"], panel.Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_graph_that_says_nothing_has_the_looks_it_always_had()
    {
        JsonNode custom = Import("""{"type":"graph"}""").Panel["fieldConfig"]!["defaults"]!["custom"]!;
        Assert.Equal(("line", 1d, 10d, "never", false), ((string?)custom["drawStyle"], (double)custom["lineWidth"]!, (double)custom["fillOpacity"]!, (string?)custom["showPoints"], (bool)custom["spanNulls"]!));
    }

    [Theory]
    [InlineData("\"bars\":true,\"lines\":false", "bars")]
    [InlineData("\"points\":true,\"lines\":false", "points")]
    [InlineData("\"lines\":true,\"points\":true", "line")]
    public void A_graph_draws_what_it_drew(string members, string style) =>
        Assert.Equal(style, (string?)Import($$"""{"type":"graph",{{members}}}""").Panel["fieldConfig"]!["defaults"]!["custom"]!["drawStyle"]);

    [Fact]
    public void Colours_below_a_threshold_end_where_it_stands()
    {
        JsonNode thresholds = Import("""{"type":"graph","thresholds":[{"value":5,"op":"lt","colorMode":"critical","fill":true}]}""").Panel["fieldConfig"]!["defaults"]!["thresholds"]!;
        Assert.Equal("""[{"color":"red","value":null},{"color":"transparent","value":5}]""", thresholds["steps"]!.ToJsonString());
    }

    [Theory]
    [InlineData("\"xaxis\":{\"mode\":\"histogram\",\"buckets\":20}", "histogram")]
    [InlineData("\"xaxis\":{\"mode\":\"series\",\"values\":[\"current\"]}", "bargauge")]
    [InlineData("\"timeRegions\":[{}]", "timeseries")]
    [InlineData("\"alert\":{\"name\":\"x\"}", "timeseries")]
    public void What_a_graph_had_and_nobody_has_is_said(string members, string type)
    {
        (JsonObject panel, PanelReport report) = Import($$"""{"type":"graph",{{members}}}""");
        Assert.Equal((type, PanelOutcome.Approximated), (panel.Text("type"), report.Outcome));
        Assert.NotEmpty(report.Notes);
    }

    [Fact]
    public void A_single_stat_is_a_stat()
    {
        (JsonObject panel, PanelReport report) = Import("""
            {"type":"singlestat","format":"percentunit","decimals":2,"valueName":"avg","thresholds":"0.5, 0.8","colors":["green","orange","red"],"colorBackground":true,
             "sparkline":{"show":true},"valueMaps":[{"op":"=","value":"1","text":"UP"},{"op":"=","value":"null","text":"N/A"}],"mappingType":1,"nullText":"-","tableColumn":"a.b"}
            """);
        Assert.Equal(("stat", PanelOutcome.Ok), (report.Type, report.Outcome));
        JsonNode defaults = panel["fieldConfig"]!["defaults"]!;
        Assert.Equal(
            """{"unit":"percentunit","decimals":2,"noValue":"-","thresholds":{"mode":"absolute","steps":[{"color":"green","value":null},{"color":"orange","value":0.5},{"color":"red","value":0.8}]},"color":{"mode":"thresholds"},"mappings":[{"type":"value","options":{"1":{"text":"UP","index":0}}},{"type":"special","options":{"match":"null","result":{"text":"N/A"}}}]}""",
            defaults.ToJsonString());
        Assert.Equal(
            """{"reduceOptions":{"calcs":["mean"],"fields":"/^a\\.b$/","values":false},"orientation":"horizontal","colorMode":"background","graphMode":"area","justifyMode":"auto","textMode":"auto"}""",
            panel["options"]!.ToJsonString());
    }

    [Fact]
    public void A_single_stat_with_a_gauge_is_a_gauge()
    {
        (JsonObject panel, _) = Import("""{"type":"singlestat","format":"none","postfix":" req","gauge":{"show":true,"minValue":1,"maxValue":9,"thresholdMarkers":false}}""");
        Assert.Equal("gauge", panel.Text("type"));
        Assert.Equal((1d, 9d, "suffix: req"), ((double)panel["fieldConfig"]!["defaults"]!["min"]!, (double)panel["fieldConfig"]!["defaults"]!["max"]!, (string?)panel["fieldConfig"]!["defaults"]!["unit"]));
        Assert.False((bool)panel["options"]!["showThresholdMarkers"]!);
    }

    [Fact]
    public void An_old_table_is_a_table()
    {
        (JsonObject panel, PanelReport report) = Import("""
            {"type":"table","transform":"timeseries_aggregations","columns":[{"text":"Avg","value":"avg"},{"text":"Current","value":"current"}],"sort":{"col":0,"desc":true},"showHeader":true,
             "styles":[{"pattern":"Time","type":"hidden"},{"pattern":"/Value.*/","alias":"Used","type":"number","unit":"bytes","decimals":0,"colorMode":"cell","colors":["green","red"],"thresholds":["10"],"link":true,"linkUrl":"/d/x","linkTooltip":"go"},
               {"pattern":"/.*/","type":"number","unit":"short"}]}
            """);
        Assert.Equal(("table", PanelOutcome.Ok), (report.Type, report.Outcome));
        Assert.Equal("""[{"id":"reduce","options":{"includeTimeField":false,"reducers":["mean","lastNotNull"]}}]""", panel["transformations"]!.ToJsonString());
        Assert.Equal("short", (string?)panel["fieldConfig"]!["defaults"]!["unit"]);
        JsonArray overrides = panel["fieldConfig"]!["overrides"]!.AsArray();
        Assert.Equal("""{"matcher":{"id":"byName","options":"Time"},"properties":[{"id":"custom.hidden","value":true}]}""", overrides[0]!.ToJsonString());
        Assert.Equal(
            ["displayName", "links", "unit", "decimals", "custom.cellOptions", "thresholds"], overrides[1]!["properties"]!.AsArray().Select(property => (string)property!["id"]!));
        Assert.Null(panel["styles"]);
    }

    [Fact]
    public void A_stat_of_Grafana_6_has_its_fields_where_they_belong()
    {
        (JsonObject panel, _) = Import("""
            {"type":"gauge","options":{"fieldOptions":{"calcs":["last"],"values":false,"defaults":{"unit":"percent","min":0,"max":100,"title":"T","mappings":[{"type":1,"value":"0","text":"zero"}]},
              "thresholds":[{"index":0,"value":null,"color":"green"},{"index":1,"value":80,"color":"red"}]},"orientation":"auto"}}
            """);
        Assert.Equal(
            """{"unit":"percent","min":0,"max":100,"displayName":"T","mappings":[{"type":"value","options":{"0":{"text":"zero","index":0}}}],"thresholds":{"mode":"absolute","steps":[{"color":"green","value":null},{"color":"red","value":80}]},"color":{"mode":"thresholds"}}""",
            panel["fieldConfig"]!["defaults"]!.ToJsonString());
        Assert.Equal("""{"orientation":"auto","reduceOptions":{"calcs":["last"],"fields":"","values":false}}""", panel["options"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"grafana-piechart-panel","pieType":"donut","format":"bytes","legend":{"show":true,"values":true}}""", "piechart")]
    [InlineData("""{"type":"heatmap","dataFormat":"tsbuckets","yAxis":{"format":"s"},"color":{"mode":"spectrum","colorScheme":"interpolateBlues"},"yBucketBound":"upper"}""", "heatmap")]
    [InlineData("""{"type":"text","mode":"markdown","content":"# hello"}""", "text")]
    [InlineData("""{"type":"dashlist","starred":true,"tags":["a"]}""", "dashlist")]
    [InlineData("""{"type":"alertlist","show":"current","stateFilter":["alerting"]}""", "alertlist")]
    public void Other_panels_of_before_have_options_of_today(string json, string type)
    {
        (JsonObject panel, PanelReport report) = Import(json);
        Assert.Equal((type, PanelOutcome.Ok), (report.Type, report.Outcome));
        Assert.NotEmpty(panel["options"]!.AsObject());
        Assert.DoesNotContain(panel, member => member.Key is "content" or "mode" or "yAxis" or "dataFormat" or "pieType" or "show" or "starred");
    }
}
