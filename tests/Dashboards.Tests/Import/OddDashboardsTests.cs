using System.Text;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards.Tests;

/// <summary>Dashboards as people and old tools write them: nothing fails, and what is stored can be drawn.</summary>
public sealed class OddDashboardsTests
{
    private static ImportedDashboard Import(string json) => Stored.Of(DashboardImport.Read(Encoding.UTF8.GetBytes(json), new DashboardLimits()));

    [Fact]
    public void What_is_of_another_kind_becomes_what_it_has_to_be_or_goes_with_a_note()
    {
        ImportedDashboard imported = Import("""
            {"title":5,"schemaVersion":"41","refresh":false,"time":{"from":"now-1h"},"links":{"title":"l","url":7},"tags":"one","graphTooltip":"1","templating":[],"annotations":null,
             "panels":[{"type":"timeseries","title":12,"description":{},"gridPos":null,"repeat":null,"links":"none","transformations":[{"id":"merge"},5],
               "targets":{"expr":"up","instant":"true","legendFormat":3},"options":[],
               "fieldConfig":{"defaults":{"unit":1,"min":"0","max":"x","decimals":"2","thresholds":{"mode":"absolute","steps":[{"color":"green"},{"value":"80","color":"red"},{"value":"high","color":5}]},
                 "mappings":[{"type":"value"}],"custom":"no"},
               "overrides":[{"matcher":{"id":"byName","options":"A"},"properties":[{"id":"unit","value":9},{"id":"thresholds","value":{"steps":[{"value":"1","color":"red"}]}}]},{"properties":[]},{"matcher":"x"},null]}}]}
            """);
        JsonObject dashboard = imported.Dashboard;
        JsonNode panel = dashboard["panels"]![0]!;
        Assert.Equal("5", (string?)dashboard["title"]);
        Assert.Equal("", (string?)dashboard["refresh"]);
        Assert.Null(dashboard["time"]);
        Assert.Equal(["one"], dashboard["tags"]!.AsArray().Select(tag => (string?)tag));
        Assert.Equal("7", (string?)dashboard["links"]![0]!["url"]);
        Assert.Equal(1, (int)dashboard["graphTooltip"]!);
        Assert.Equal("12", (string?)panel["title"]);
        Assert.Null(panel["description"]);
        Assert.Null(panel["links"]);
        Assert.Null(panel["options"]);
        Assert.Equal("""[{"expr":"up","instant":true,"legendFormat":"3","refId":"A"}]""", panel["targets"]!.ToJsonString());
        Assert.Equal("""[{"id":"merge"}]""", panel["transformations"]!.ToJsonString());
        Assert.Equal(
            """{"unit":"1","min":0,"decimals":2,"thresholds":{"mode":"absolute","steps":[{"color":"green"},{"value":80,"color":"red"},{"value":null,"color":"5"}]},"mappings":[{"type":"value","options":{"":{"text":"","index":0}}}]}""",
            Ordered(panel["fieldConfig"]!["defaults"]!));
        Assert.Equal(
            """[{"matcher":{"id":"byName","options":"A"},"properties":[{"id":"unit","value":"9"},{"id":"thresholds","value":{"steps":[{"value":1,"color":"red"}]}}]},{"properties":[]},{}]""",
            Ordered(panel["fieldConfig"]!["overrides"]!));
        Assert.Equal(PanelOutcome.Approximated, Assert.Single(imported.Report.Panels).Outcome);
    }

    [Fact]
    public void Rows_within_rows_numbers_that_are_missing_or_taken_and_panels_without_a_place_are_put_in_order()
    {
        JsonObject dashboard = Import("""
            {"title":"t","schemaVersion":40,"panels":[
              {"type":"row","id":1,"title":"A","collapsed":true,"gridPos":{"x":0,"y":0,"w":24,"h":1},"panels":[
                {"type":"stat","id":1},{"type":"row","id":2,"title":"B","collapsed":true,"gridPos":{"x":0,"y":5,"w":24,"h":1},"panels":[{"type":"row","title":"C","panels":[{"type":"stat","id":2}]},{"type":"gauge"}]}]},
              {"type":"stat","id":-4},{"type":"stat","id":1.5,"gridPos":{"x":-3,"y":"7","w":99,"h":0}},7,null]}
            """).Dashboard;
        Assert.Equal(["A", "B", "C"], dashboard["panels"]!.AsArray().Where(panel => (string?)panel!["type"] == "row").Select(panel => (string?)panel!["title"]));
        JsonObject[] panels = [.. dashboard.Panels()];
        Assert.Equal(8, panels.Length);
        Assert.Equal(8, panels.Select(panel => (long)panel["id"]!).Distinct().Count());
        Assert.All(panels, panel => Assert.True((int)panel["gridPos"]!["x"]! >= 0 && (int)panel["gridPos"]!["w"]! is >= 1 and <= 24 && (int)panel["gridPos"]!["h"]! >= 1));
    }

    [Fact]
    public void Variables_have_texts_numbers_and_lists_where_they_belong()
    {
        ImportedDashboard imported = Import("""
            {"title":"t","schemaVersion":40,"panels":[],"templating":{"list":[
              {"name":7,"type":"custom","query":"a,b","current":[],"multi":"true","options":["a",{"text":"a","value":"a"}]},
              {"name":"job","type":"query","query":{"query":"label_values(job)","refId":"x"},"includeAll":true,"current":{"text":"All","value":"$__all"},"regex":null,"allValue":0}]}}
            """);
        JsonArray list = imported.Dashboard["templating"]!["list"]!.AsArray();
        Assert.Equal(["7", "job"], list.Select(variable => (string?)variable!["name"]));
        Assert.True((bool)list[0]!["multi"]!);
        Assert.Null(list[0]!["current"]);
        Assert.Equal("""[{"text":"a","value":"a"}]""", list[0]!["options"]!.ToJsonString());
        Assert.Equal("0", (string?)list[1]!["allValue"]);
        Assert.Contains("what is not of the kind it has to be was left out", imported.Report.Notes);
    }

    [Fact]
    public void The_answer_of_a_site_that_publishes_dashboards_is_taken_for_what_is_in_it() =>
        Assert.Equal("inside", (string?)Import("""{"id":1860,"name":"x","json":{"title":"inside","panels":[]}}""").Dashboard["title"]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_stands_where_nothing_fails_twice_and_every_panel_has_a_number_and_a_place(int seed)
    {
        var chance = new Random(seed);
        for (int run = 0; run < 300; run++)
        {
            JsonObject odd = OddJson.Dashboard(chance);
            byte[] text = Encoding.UTF8.GetBytes(odd.ToJsonString());
            byte[] stored;
            try
            {
                stored = DashboardJson.Write(DashboardImport.Read(text, new DashboardLimits()).Dashboard);
            }
            catch (DashboardException e) when (e.Fault == DashboardFault.Invalid && odd["panels"] is null && odd["rows"] is null && odd["title"] is null)
            {
                continue;
            }

            JsonObject[] panels = [.. DashboardImport.Read(stored, new DashboardLimits()).Dashboard.Panels()];
            Assert.Equal(panels.Length, panels.Select(panel => (long)panel["id"]!).Distinct().Count());
            Assert.All(panels, panel => Assert.True(panel["gridPos"] is JsonObject && panel["targets"] is null or JsonArray, $"seed {seed}, run {run}: {panel.ToJsonString()}"));
        }
    }

    // A member that was set anew stands last.
    private static string Ordered(JsonNode node)
    {
        string[] order = ["matcher", "properties", "id", "value", "color", "unit", "min", "max", "decimals", "thresholds", "mode", "steps", "type", "options", "mappings"];
        JsonNode Of(JsonNode? one) => one switch
        {
            JsonObject members => new JsonObject(members.OrderBy(member => Array.IndexOf(order, member.Key)).Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : (JsonNode?)Of(member.Value)))),
            JsonArray list => new JsonArray([.. list.Select(Of)]),
            _ => one!.DeepClone(),
        };
        return Of(node).ToJsonString();
    }
}
