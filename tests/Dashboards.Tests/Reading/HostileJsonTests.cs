using System.Text;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards.Tests;

public sealed class HostileJsonTests
{
    private static readonly DashboardLimits Limits = new();

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "not an object")]
    [InlineData("3", "not an object")]
    [InlineData("null", "not an object")]
    [InlineData("{", "not JSON")]
    [InlineData("{\"a\":1,}", "not JSON")]
    [InlineData("{\"a\":1} x", "not JSON")]
    [InlineData("{/* no */}", "not JSON")]
    [InlineData("{\"a\":NaN}", "not JSON")]
    [InlineData("{\"a\":\"\\ud800\"}", "line 1: a text with half of a surrogate pair")]
    [InlineData("{\"\\udc00\":1}", "half of a surrogate pair")]
    [InlineData("{\n\"title\":1,\n\"title\":2}", "line 3: member \"title\" stands twice")]
    [InlineData("{\"a\":{\"b\":1,\"\\u0062\":2}}", "member \"b\" stands twice")]
    [InlineData("{\"a\":1}", "neither panels nor a title")]
    public void What_is_no_dashboard_is_refused_in_words(string json, string part)
    {
        var refused = Assert.Throws<DashboardException>(() => DashboardImport.Read(Encoding.UTF8.GetBytes(json), Limits));
        Assert.Equal(DashboardFault.Invalid, refused.Fault);
        Assert.Contains(part, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d })]
    [InlineData(new byte[] { 0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc0, 0x80, 0x22, 0x7d })]
    [InlineData(new byte[] { 0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d })]
    public void Bytes_that_are_not_UTF8_are_refused(byte[] json)
    {
        var refused = Assert.Throws<DashboardException>(() => DashboardJson.Read(json, Limits));
        Assert.Equal("the JSON is not valid UTF-8", refused.Message);
    }

    [Fact]
    public void Every_prefix_of_a_dashboard_is_refused_and_none_does_harm()
    {
        byte[] whole = Encoding.UTF8.GetBytes("""{"title":"ü\u00e9\ud83d\ude00","panels":[{"type":"graph","id":1e2,"x":[true,null]}]}""");
        DashboardImport.Read(whole, Limits);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<DashboardException>(() => DashboardImport.Read(whole.AsSpan(0, length), Limits));
        }
    }

    [Fact]
    public void Nesting_is_taken_up_to_its_limit_and_not_a_level_further()
    {
        DashboardImport.Read(Nested(Limits.DepthMax - 1), Limits);
        Assert.Equal(DashboardFault.TooLarge, Assert.Throws<DashboardException>(() => DashboardImport.Read(Nested(Limits.DepthMax), Limits)).Fault);
        Assert.Equal(DashboardFault.TooLarge, Assert.Throws<DashboardException>(() => DashboardImport.Read(Nested(1_000_000), Limits)).Fault);
        static byte[] Nested(int levels) => Encoding.UTF8.GetBytes("{\"title\":\"x\",\"a\":" + new string('[', levels) + new string(']', levels) + "}");
    }

    [Fact]
    public void Size_values_and_panels_are_taken_up_to_their_limits_and_not_one_further()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"title":"x","panels":[{"type":"text"},{"type":"row","panels":[{"type":"text"}]}]}""");
        DashboardImport.Read(json, Limits with { BytesMax = json.Length, PanelsMax = 3, ValuesMax = 10 });
        foreach (DashboardLimits tight in (DashboardLimits[])
            [Limits with { BytesMax = json.Length - 1 }, Limits with { PanelsMax = 2 }, Limits with { ValuesMax = 9 }])
        {
            Assert.Equal(DashboardFault.TooLarge, Assert.Throws<DashboardException>(() => DashboardImport.Read(json, tight)).Fault);
        }
    }

    [Fact]
    public void Panels_deeper_than_anybody_draws_count_too()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"title":"x","panels":[{"type":"row","panels":[{"type":"row","panels":[{"type":"text"},{"type":"text"}]}]}]}""");
        DashboardImport.Read(json, Limits with { PanelsMax = 4 });
        Assert.Equal(DashboardFault.TooLarge, Assert.Throws<DashboardException>(() => DashboardImport.Read(json, Limits with { PanelsMax = 3 })).Fault);
    }

    [Fact]
    public void Rows_of_before_the_grid_count_as_the_panels_they_become()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"title":"x","schemaVersion":12,"rows":[{"panels":[{"type":"text"}]},{"panels":[]},{}]}""");
        DashboardImport.Read(json, Limits with { PanelsMax = 4 });
        Assert.Equal(DashboardFault.TooLarge, Assert.Throws<DashboardException>(() => DashboardImport.Read(json, Limits with { PanelsMax = 3 })).Fault);
    }

    [Fact]
    public void Texts_with_the_values_of_inputs_are_taken_up_to_the_size_of_a_dashboard_and_not_one_further()
    {
        // A hundred names of a value of two hundred characters.
        byte[] json = Encoding.UTF8.GetBytes(
            "{\"title\":\"x\",\"__inputs\":[{\"name\":\"A\",\"type\":\"constant\",\"value\":\"" + new string('v', 200) + "\"}],\"description\":\"" + string.Concat(Enumerable.Repeat("${A}.", 100)) + "\"}");
        int characters = 100 * 201;
        Assert.Equal(characters, DashboardImport.Read(json, Limits with { BytesMax = characters }).Dashboard.Text("description")!.Length);
        DashboardException refused = Assert.Throws<DashboardException>(() => DashboardImport.Read(json, Limits with { BytesMax = characters - 1 }));
        Assert.Equal(DashboardFault.TooLarge, refused.Fault);
        Assert.Contains("inputs", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "v")]
    [InlineData(201, null)]
    public void Inputs_have_values_up_to_a_length_of_their_names(int length, string? value)
    {
        string name = new('n', length);
        ImportedDashboard read = DashboardImport.Read(Encoding.UTF8.GetBytes($"{{\"title\":\"${{{name}}}\",\"schemaVersion\":43,\"__inputs\":[{{\"name\":\"{name}\",\"type\":\"constant\",\"value\":\"v\"}}]}}"), Limits);
        Assert.Equal(value ?? $"${{{name}}}", read.Dashboard.Text("title"));
        Assert.Equal(value is null ? [$"the input {name[..40]}... gets no value: its name has more than 200 characters"] : [], read.Report.Notes);
    }

    [Fact]
    public void Values_of_inputs_that_name_inputs_do_not_multiply()
    {
        string inputs = string.Join(',', Enumerable.Range(0, 40).Select(i => $"{{\"name\":\"I{i}\",\"type\":\"constant\",\"value\":\"${{I{i + 1}}}${{I{i + 1}}}\"}}"));
        JsonObject read = DashboardImport.Read(Encoding.UTF8.GetBytes($"{{\"title\":\"${{I0}} ${{I\",\"__inputs\":[{inputs}]}}"), Limits).Dashboard;
        Assert.Equal("${I1}${I1} ${I", read.Text("title"));
    }

    [Fact]
    public void A_hundred_thousand_queries_without_a_name_get_one_each()
    {
        const int Many = 100_000;
        string json = "{\"title\":\"x\",\"panels\":[{\"type\":\"text\",\"targets\":[{\"refId\":\"B\"}" + string.Concat(Enumerable.Repeat(",{}", Many)) + "]}]}";
        JsonObject stored = DashboardImport.Read(Encoding.UTF8.GetBytes(json), Limits).Dashboard;
        string[] names = [.. stored["panels"]![0]!["targets"]!.AsArray().Select(static target => (string)target!["refId"]!)];
        Assert.Equal((string[])["B", "A", "C"], names[..3]);
        Assert.Equal(Many + 1, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Values_of_a_switch_are_texts_or_not_there()
    {
        const string Json = """{"title":"x","templating":{"list":[{"name":"s","type":"switch","enabledValue":{},"disabledValue":0}]}}""";
        JsonNode stored = DashboardImport.Read(Encoding.UTF8.GetBytes(Json), Limits).Dashboard["templating"]!["list"]![0]!;
        Assert.Null(stored["enabledValue"]);
        Assert.Equal("0", (string?)stored["disabledValue"]);
    }

    [Fact]
    public void A_library_panel_that_many_panels_name_makes_no_dashboard_too_large()
    {
        string content = new('x', 1000);
        string json = "{\"title\":\"x\",\"__elements\":{\"e\":{\"model\":{\"type\":\"text\",\"options\":{\"content\":\"" + content + "\"}}}},\"panels\":["
            + string.Join(',', Enumerable.Repeat("{\"libraryPanel\":{\"uid\":\"e\"}}", 100)) + "]}";
        Assert.Equal(content, (string?)DashboardImport.Read(Encoding.UTF8.GetBytes(json), Limits).Dashboard["panels"]![99]!["options"]!["content"]);
        var refused = Assert.Throws<DashboardException>(() => DashboardImport.Read(Encoding.UTF8.GetBytes(json), Limits with { BytesMax = 50_000 }));
        Assert.Equal(DashboardFault.TooLarge, refused.Fault);
        Assert.Contains("have in common", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_keep_their_text_and_one_without_end_is_refused()
    {
        string[] numbers = ["1e400", "-1e-400", "123456789012345678901234567890", "0.1000", "-0", "1E+2"];
        string json = "{\"title\":\"x\",\"mine\":[" + string.Join(',', numbers) + "]}";
        string stored = DashboardJson.Text(DashboardImport.Read(Encoding.UTF8.GetBytes(json), Limits).Dashboard);
        Assert.Contains("\"mine\":[" + string.Join(',', numbers) + "]", stored, StringComparison.Ordinal);
        string endless = "{\"title\":\"x\",\"n\":" + new string('9', DashboardLimits.NumberCharsMax) + "}";
        DashboardImport.Read(Encoding.UTF8.GetBytes(endless), Limits);
        Assert.Throws<DashboardException>(() => DashboardImport.Read(Encoding.UTF8.GetBytes(endless.Replace("9}", "99}", StringComparison.Ordinal)), Limits));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("javascript:alert(1)")]
    [InlineData("${__url.path}{{constructor.constructor('alert(1)')()}}")]
    [InlineData("\u202eevil\u0000\u001b[31m")]
    [InlineData("__proto__")]
    public void What_looks_like_script_stays_the_text_it_is(string text)
    {
        var json = new JsonObject
        {
            ["title"] = text,
            ["tags"] = new JsonArray(text),
            ["panels"] = new JsonArray(new JsonObject { ["type"] = "text", ["title"] = text, ["options"] = new JsonObject { ["content"] = text }, [text] = text }),
        };
        JsonObject stored = DashboardImport.Read(DashboardJson.Write(json), Limits).Dashboard;
        Assert.Equal(text, (string?)stored["title"]);
        Assert.Equal(text, (string?)stored["panels"]![0]!["title"]);
        Assert.Equal(text, (string?)stored["panels"]![0]!["options"]!["content"]);
        Assert.Equal(text, (string?)stored["panels"]![0]![text]);
    }

    [Fact]
    public void Members_of_every_wrong_kind_make_no_import_fail()
    {
        string[] kinds = ["null", "true", "0", "-1", "1e300", "\"\"", "\"x\"", "[]", "[1]", "[null,{}]", "{}", "{\"a\":{}}"];
        string[] members =
        [
            "title", "panels", "rows", "templating", "annotations", "tags", "schemaVersion", "refresh", "time", "timepicker", "links", "__inputs",
            "__elements", "id", "uid", "version", "sharedCrosshair",
        ];
        string[] ofPanel =
        [
            "type", "id", "title", "gridPos", "targets", "datasource", "fieldConfig", "options", "transformations", "links", "legend", "yaxes", "xaxis",
            "thresholds", "seriesOverrides", "aliasColors", "styles", "columns", "sort", "gauge", "sparkline", "valueMaps", "rangeMaps", "colors", "tooltip",
            "panels", "libraryPanel", "span", "height", "minSpan", "grid", "y_formats", "repeat", "repeatPanelId", "yAxis", "dataFormat", "cards", "color",
            "pieType", "show", "stack", "fill",
        ];
        string[] types = ["graph", "singlestat", "table", "table-old", "heatmap", "grafana-piechart-panel", "stat", "alertlist", "dashlist", "row", "text", "text2", "nosuch"];
        foreach (string kind in kinds)
        {
            foreach (string member in members)
            {
                Import($"{{\"{(member == "title" ? "uid" : "title")}\":\"t\",\"{member}\":{kind}}}");
            }

            foreach (string type in types)
            {
                foreach (string member in ofPanel)
                {
                    string panel = member == "type" ? $"{{\"type\":{kind}}}" : $"{{\"type\":\"{type}\",\"{member}\":{kind}}}";
                    Import($"{{\"title\":\"t\",\"panels\":[{panel},{panel}]}}");
                    Import($"{{\"title\":\"t\",\"rows\":[{{\"showTitle\":true,\"panels\":[{panel}]}}]}}");
                }
            }
        }

        static void Import(string json)
        {
            try
            {
                JsonObject first = DashboardImport.Read(Encoding.UTF8.GetBytes(json), Limits).Dashboard;
                byte[] exported = DashboardJson.Write(first);
                Assert.Equal(Encoding.UTF8.GetString(exported), DashboardJson.Text(DashboardImport.Read(exported, Limits).Dashboard));
            }
            catch (DashboardException refused)
            {
                Assert.Contains("neither panels nor a title", refused.Message, StringComparison.Ordinal);
            }
            catch (Exception other) when (other is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{json}\n{other}");
            }
        }
    }
}
