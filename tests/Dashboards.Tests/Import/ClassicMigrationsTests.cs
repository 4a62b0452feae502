using System.Text;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards.Tests;

public sealed class ClassicMigrationsTests
{
    private static ImportedDashboard Import(string json, Dictionary<string, string>? inputs = null) =>
        Stored.Of(DashboardImport.Read(Encoding.UTF8.GetBytes(json), new DashboardLimits(), inputs));

    [Fact]
    public void Rows_with_spans_stand_on_the_grid_line_by_line()
    {
        JsonObject dashboard = Import("""
            {"title":"old","schemaVersion":14,"rows":[
              {"title":"A","showTitle":true,"height":"250px","panels":[
                {"id":7,"type":"text","span":6},{"id":8,"type":"text","span":6,"height":380},{"id":9,"type":"text","span":12}]},
              {"title":"B","collapse":true,"repeat":"host","panels":[{"id":3,"type":"text","span":4}]}]}
            """).Dashboard;
        Assert.Null(dashboard["rows"]);
        Assert.Equal(
            ["row A 0,0 24x1", "text 7 0,1 12x7", "text 8 12,1 12x10", "text 9 0,11 24x7", "row B 0,18 24x1", "text 3 0,19 8x7"],
            dashboard.Panels().Select(panel => $"{panel["type"]} {(panel.IsRow() ? panel["title"] : panel["id"])} {panel["gridPos"]!["x"]},{panel["gridPos"]!["y"]} {panel["gridPos"]!["w"]}x{panel["gridPos"]!["h"]}"));
        JsonNode folded = dashboard["panels"]!.AsArray()[4]!;
        Assert.Equal("host", (string?)folded["repeat"]);
        Assert.Single(folded["panels"]!.AsArray());
    }

    [Fact]
    public void Rows_that_never_showed_anything_leave_none_behind() =>
        Assert.Equal(["text"], Import("""{"title":"old","schemaVersion":12,"rows":[{"title":"","panels":[{"type":"text"}]}]}""").Dashboard
            .Panels().Select(panel => panel.Text("type")));

    [Fact]
    public void Queries_without_a_name_get_one_that_no_other_has()
    {
        JsonObject dashboard = Import("""
            {"title":"t","schemaVersion":43,"panels":[{"type":"stat","targets":[{"expr":"a"},{"expr":"b","refId":"A"},{"expr":"c","refId":""},{"expr":"d","refId":"B"}]}]}
            """).Dashboard;
        Assert.Equal(["C", "A", "D", "B"], dashboard["panels"]![0]!["targets"]!.AsArray().Select(target => (string?)target!["refId"]));
    }

    [Fact]
    public void Inputs_become_our_source_a_constant_or_what_was_chosen()
    {
        const string Json = """
            {"title":"t","__inputs":[{"name":"DS_A","type":"datasource","pluginId":"prometheus"},{"name":"DS_L","type":"datasource","pluginId":"loki"},
              {"name":"VAR_X","type":"constant","value":"job-1"},{"name":"DS_V","type":"datasource","pluginId":"prometheus"}],
             "templating":{"list":[{"name":"DS_V","type":"datasource","query":"prometheus"}]},
             "panels":[{"type":"stat","datasource":"${DS_A}","targets":[{"expr":"up{job=\"${VAR_X}\"}","datasource":{"uid":"${DS_V}"}}]},{"type":"logs","datasource":{"uid":"${DS_L}"}}]}
            """;
        ImportedDashboard imported = Import(Json);
        Assert.Null(imported.Dashboard["__inputs"]);
        Assert.Equal("pleiad", (string?)imported.Dashboard["panels"]![0]!["datasource"]!["uid"]);
        Assert.Equal("up{job=\"job-1\"}", (string?)imported.Dashboard["panels"]![0]!["targets"]![0]!["expr"]);
        Assert.Equal("${DS_V}", (string?)imported.Dashboard["panels"]![0]!["targets"]![0]!["datasource"]!["uid"]);
        Assert.Equal("""{"uid":"${DS_L}","type":"loki"}""", imported.Dashboard["panels"]![1]!["datasource"]!.ToJsonString());
        Assert.Contains("the input DS_L (datasource loki) has no value", imported.Report.Notes);
        Assert.Equal("mine", (string?)Import(Json, new() { ["DS_L"] = "mine" }).Dashboard["panels"]![1]!["datasource"]!["uid"]);
    }

    [Theory]
    [InlineData("\"$ds\"", "{\"uid\":\"$ds\"}")]
    [InlineData("\"Prometheus\"", "{\"uid\":\"Prometheus\"}")]
    [InlineData("null", "null")]
    [InlineData("\"default\"", "null")]
    [InlineData("\"-- Mixed --\"", "{\"type\":\"datasource\",\"uid\":\"-- Mixed --\"}")]
    [InlineData("\"-- Grafana --\"", "{\"type\":\"datasource\",\"uid\":\"grafana\"}")]
    [InlineData("{\"type\":\"prometheus\",\"uid\":\"abc\"}", "{\"type\":\"prometheus\",\"uid\":\"abc\"}")]
    public void Sources_are_named_by_objects(string before, string after)
    {
        JsonObject dashboard = Import("""{"title":"t","schemaVersion":30,"panels":[{"type":"stat","datasource":BEFORE}],"annotations":{"list":[{"datasource":BEFORE}]}}"""
            .Replace("BEFORE", before, StringComparison.Ordinal)).Dashboard;
        Assert.Equal(after, dashboard["panels"]![0]!["datasource"]?.ToJsonString() ?? "null");
        Assert.Equal(after, dashboard["annotations"]!["list"]![0]!["datasource"]?.ToJsonString() ?? "null");
    }

    [Theory]
    [InlineData("\"$logs\"", "{\"uid\":\"$logs\",\"type\":\"loki\"}")]
    [InlineData("{\"uid\":\"${logs}\"}", "{\"uid\":\"${logs}\",\"type\":\"loki\"}")]
    [InlineData("{\"uid\":\"$logs\",\"mine\":[1]}", "{\"uid\":\"$logs\",\"mine\":[1],\"type\":\"loki\"}")]
    [InlineData("\"[[logs]]\"", "{\"uid\":\"[[logs]]\",\"type\":\"loki\"}")]
    [InlineData("\"$metrics\"", "{\"uid\":\"$metrics\"}")]
    [InlineData("{\"uid\":\"$logs\",\"type\":\"tempo\"}", "{\"uid\":\"$logs\",\"type\":\"tempo\"}")]
    [InlineData("\"$logs\"", "{\"type\":\"loki\",\"uid\":\"$logs\"}", "42")]
    public void A_source_that_a_variable_names_has_its_type_where_that_is_not_ours(string before, string after, string schema = "30")
    {
        ImportedDashboard imported = Import("""
            {"title":"t","schemaVersion":SCHEMA,"templating":{"list":[{"name":"logs","type":"datasource","query":"loki"},{"name":"metrics","type":"datasource","query":"prometheus"}]},
             "panels":[{"type":"stat","targets":[{"refId":"A","expr":"{job=\"x\"} |= \"y\"","datasource":BEFORE}]}]}
            """.Replace("BEFORE", before, StringComparison.Ordinal).Replace("SCHEMA", schema, StringComparison.Ordinal));
        Assert.Equal(after, imported.Dashboard["panels"]![0]!["targets"]![0]!["datasource"]!.ToJsonString());
        Assert.Equal(before.Contains("logs", StringComparison.Ordinal) ? PanelOutcome.Approximated : PanelOutcome.Ok, Assert.Single(imported.Report.Panels).Outcome);
    }

    [Fact]
    public void Clones_of_a_repeat_are_dropped_and_what_they_repeat_stays()
    {
        JsonObject dashboard = Import("""
            {"title":"t","schemaVersion":27,"panels":[{"id":1,"type":"stat","repeat":"x","scopedVars":{"x":{}},"repeatIteration":5},
              {"id":2,"type":"stat","repeatPanelId":1,"repeatIteration":5},{"id":3,"type":"row","panels":[{"id":4,"type":"stat","repeatPanelId":9}]}]}
            """).Dashboard;
        Assert.Equal(["gridPos", "id", "repeat", "type"], dashboard["panels"]![0]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal([1, 3], dashboard.Panels().Select(panel => (int)panel["id"]!));
    }

    [Fact]
    public void Small_steps_of_the_schema_are_each_taken()
    {
        JsonObject dashboard = Import("""
            {"title":"t","schemaVersion":"11","sharedCrosshair":true,"refresh":false,"timepicker":{"time_options":["5m"],"refresh_intervals":["5s"]},
             "templating":{"list":[
               {"name":"a","type":"query","refresh_on_load":true,"hideLabel":true,"options":[{"text":"x"}],"useTags":false,"multi":true,"current":{"text":"v","value":"v"}},
               {"name":"b","type":"constant","query":"7"},{"name":"c","type":"constant","query":"8","hide":2}]},
             "panels":[
               {"id":1,"type":"timeseries","minSpan":4,"options":{"legend":{"displayMode":"hidden"},"tooltipOptions":{"mode":"multi"}},
                "fieldConfig":{"defaults":{"mappings":[{"type":1,"value":"1","text":"up"},{"type":2,"from":"2","to":"3","text":"some"}],"custom":{"hideFrom":{"viz":true}}},
                  "overrides":[{"matcher":{},"properties":[{"id":"mappings","value":[{"type":1,"value":"null","text":"none"}]}]}]},
                "links":[{"dashboard":"My Board","keepTime":true,"includeVars":true}]},
               {"id":2,"type":"table","fieldConfig":{"defaults":{"custom":{"displayMode":"lcd-gauge"}},"overrides":[{"properties":[{"id":"custom.displayMode","value":"color-background-solid"}]}]},
                "transformations":[{"id":"labelsToFields"},{"id":"formatTime","options":{"timeField":"t","outputFormat":"YYYY"}},{"id":"timeSeriesTable","options":{"refIdToStat":{"A":"mean"}}}]}]}
            """).Dashboard;
        Assert.Equal(1, (int)dashboard["graphTooltip"]!);
        Assert.Equal(string.Empty, (string?)dashboard["refresh"]);
        Assert.Equal("""{"refresh_intervals":["5s"]}""", dashboard["timepicker"]!.ToJsonString());
        JsonArray variables = dashboard["templating"]!["list"]!.AsArray();
        Assert.Equal("""{"name":"a","type":"query","options":[],"multi":true,"current":{"text":["v"],"value":["v"]},"refresh":1,"hide":1}""", variables[0]!.ToJsonString());
        Assert.Equal("textbox", (string?)variables[1]!["type"]);
        Assert.Equal("constant", (string?)variables[2]!["type"]);
        Assert.Equal("8", (string?)variables[2]!["current"]!["value"]);

        JsonObject series = dashboard["panels"]![0]!.AsObject();
        Assert.Equal(6, (int)series["maxPerRow"]!);
        Assert.Equal("""{"legend":{"displayMode":"list","showLegend":false},"tooltip":{"mode":"multi"}}""", series["options"]!.ToJsonString());
        Assert.Equal(
            """[{"type":"value","options":{"1":{"text":"up","index":0}}},{"type":"range","options":{"from":2,"to":3,"result":{"text":"some"}}}]""",
            series["fieldConfig"]!["defaults"]!["mappings"]!.ToJsonString());
        Assert.Equal("null", (string?)series["fieldConfig"]!["overrides"]![0]!["properties"]![0]!["value"]![0]!["options"]!["match"]);
        Assert.True((bool)series["fieldConfig"]!["defaults"]!["custom"]!["hideFrom"]!["tooltip"]!);
        Assert.Equal("dashboard/db/my-board?$__url_time_range&$__all_variables", (string?)series["links"]![0]!["url"]);

        JsonObject table = dashboard["panels"]![1]!.AsObject();
        Assert.Equal("""{"type":"gauge","mode":"lcd"}""", table["fieldConfig"]!["defaults"]!["custom"]!["cellOptions"]!.ToJsonString());
        Assert.Equal("""{"id":"custom.cellOptions","value":{"type":"color-background","mode":"basic"}}""", table["fieldConfig"]!["overrides"]![0]!["properties"]![0]!.ToJsonString());
        Assert.Equal(["labelsToFields", "merge", "convertFieldType", "timeSeriesTable"], table.Objects("transformations").Select(step => step.Text("id")));
        Assert.Equal("""{"A":{"stat":"mean"}}""", table["transformations"]![3]!["options"]!.ToJsonString());
    }

    [Fact]
    public void Panels_without_numbers_or_places_get_some_and_those_that_have_them_keep_them()
    {
        JsonObject dashboard = Import("""
            {"title":"t","panels":[{"type":"stat","id":2,"gridPos":{"h":4,"w":30,"x":20,"y":0}},{"type":"stat","id":2},{"type":"stat"},{"type":"row","title":"r"}]}
            """).Dashboard;
        Assert.Equal([2, 1, 3, 4], dashboard.Panels().Select(panel => (int)panel["id"]!));
        Assert.Equal(
            ["""{"h":4,"w":24,"x":0,"y":0}""", """{"h":9,"w":12,"x":0,"y":4}""", """{"h":9,"w":12,"x":0,"y":13}""", """{"h":1,"w":24,"x":0,"y":22}"""],
            dashboard.Panels().Select(panel => panel["gridPos"]!.ToJsonString()));
    }

    [Fact]
    public void What_cannot_be_drawn_keeps_its_JSON_and_the_report_says_so()
    {
        ImportedDashboard imported = Import("""
            {"title":"t","schemaVersion":39,"x":{"new":1},"panels":[{"id":1,"type":"geomap","options":{"view":{"zoom":3}},"secret":[1,2]},
              {"id":2,"type":"timeseries","transformations":[{"id":"regression"},{"id":"lookup","disabled":true}],"targets":[{"datasource":{"type":"loki","uid":"l"}}]},
              {"id":3,"title":"lib","libraryPanel":{"uid":"u","name":"CPU"}},{"id":4,"type":"stat"},7],"schemaVersionOf":0}
            """);
        Assert.Equal("""{"view":{"zoom":3}}""", imported.Dashboard["panels"]![0]!["options"]!.ToJsonString());
        Assert.Equal("[1,2]", imported.Dashboard["panels"]![0]!["secret"]!.ToJsonString());
        Assert.Equal("""{"new":1}""", imported.Dashboard["x"]!.ToJsonString());
        Assert.Equal(
            [
                "1 Placeholder panels of type geomap are not drawn",
                "2 Approximated the transformation regression is passed over; queries to a data source of type loki find nothing here",
                "3 Placeholder the library panel \"CPU\" did not come with the dashboard",
                "4 Ok ",
            ],
            imported.Report.Panels.Select(panel => $"{panel.Id} {panel.Outcome} {string.Join("; ", panel.Notes)}"));
        Assert.Equal(["1 of the panels are no objects and were left out"], imported.Report.Notes);
        Assert.Equal((1, 1, 2), ((int)imported.Report.ToJson()["ok"]!, (int)imported.Report.ToJson()["approximated"]!, (int)imported.Report.ToJson()["placeholders"]!));
    }

    [Fact]
    public void Library_panels_that_came_along_are_drawn_from_there_and_stay_what_they_are()
    {
        ImportedDashboard imported = Import("""
            {"title":"t","__elements":{"u":{"kind":1,"model":{"id":9,"type":"gauge","title":"CPU","options":{}}},"g":{"kind":1,"model":{"type":"graph","yaxes":[{"format":"s"},{}]}}},
             "panels":[{"id":3,"gridPos":{"h":1,"w":2,"x":3,"y":4},"libraryPanel":{"uid":"u","name":"CPU"}},{"id":4,"type":"library-panel-ref","libraryPanel":{"uid":"g","name":"Old"}}]}
            """);
        Assert.Equal("""{"id":3,"gridPos":{"h":1,"w":2,"x":3,"y":4},"libraryPanel":{"uid":"u","name":"CPU"},"type":"gauge","title":"CPU","options":{}}""", imported.Dashboard["panels"]![0]!.ToJsonString());
        Assert.Equal(("timeseries", null), ((string?)imported.Dashboard["panels"]![1]!["type"], imported.Dashboard["panels"]![1]!["yaxes"]));
        Assert.Equal(["u", "g"], imported.Dashboard["__elements"]!.AsObject().Select(element => element.Key));
        Assert.Equal([PanelOutcome.Ok, PanelOutcome.Ok], imported.Report.Panels.Select(panel => panel.Outcome));
        Assert.Equal(imported.Dashboard.ToJsonString(), Import(imported.Dashboard.ToJsonString()).Dashboard.ToJsonString());
    }

    [Theory]
    [InlineData("""{"dashboard":{"title":"in","panels":[]},"meta":{"slug":"in"}}""", null)]
    [InlineData("""{"apiVersion":"dashboard.grafana.app/v1beta1","kind":"Dashboard","metadata":{"name":"u1"},"spec":{"title":"in","schemaVersion":41}}""", "u1")]
    public void What_an_API_wraps_around_a_dashboard_is_taken_off(string json, string? uid)
    {
        JsonObject dashboard = Import(json).Dashboard;
        Assert.Equal("in", (string?)dashboard["title"]);
        Assert.Equal(uid, (string?)dashboard["uid"]);
    }

    [Fact]
    public void A_schema_of_the_future_is_kept_and_said()
    {
        ImportedDashboard imported = Import("""{"title":"t","schemaVersion":99,"panels":[]}""");
        Assert.Equal(99, (int)imported.Dashboard["schemaVersion"]!);
        Assert.Contains("newer", imported.Report.Notes[0], StringComparison.Ordinal);
    }
}
