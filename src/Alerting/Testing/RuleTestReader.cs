using System.Globalization;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Yaml;

namespace Pleiad.Alerting;

/// <summary>Reads a file of unit tests.</summary>
internal sealed class RuleTestReader
{
    private static readonly string[] FileKeys = ["rule_files", "evaluation_interval", "group_eval_order", "tests", "fuzzy_compare"];

    private static readonly string[] GroupKeys =
    [
        "interval", "input_series", "alert_rule_test", "promql_expr_test", "external_labels", "external_url", "name", "start_timestamp",
    ];

    private static readonly string[] SeriesKeys = ["series", "values"];
    private static readonly string[] AlertTestKeys = ["eval_time", "alertname", "exp_alerts"];
    private static readonly string[] AlertKeys = ["exp_labels", "exp_annotations"];
    private static readonly string[] QueryTestKeys = ["expr", "eval_time", "exp_samples"];
    private static readonly string[] SampleKeys = ["labels", "value", "histogram"];

    private readonly string _file;
    private readonly YamlMisfits _misfits = new(ignoreUnknown: false);

    private RuleTestReader(string file) => _file = file;

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="RuleTestException">It cannot be read.</exception>
    public static RuleTestFile Read(string text, string file)
    {
        YamlNode? root;
        try
        {
            root = YamlReader.Read(text, out _);
        }
        catch (YamlSyntaxException e)
        {
            throw new RuleTestException(e.Message);
        }

        return new RuleTestReader(file).FileOf(root ?? new YamlMapping(1, 1, []));
    }

    private RuleTestFile FileOf(YamlNode root)
    {
        YamlRecord record = YamlRecord.Of(root, "main.unitTestFile", FileKeys, _misfits);
        TimeSpan? written = record.Duration("evaluation_interval");
        TimeSpan interval = written is { } given && given > TimeSpan.Zero ? given : TimeSpan.FromMinutes(1);
        var order = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (YamlNode group in record.List("group_eval_order", "[]string"))
        {
            string name = _misfits.Text(group);
            if (!order.TryAdd(name, order.Count))
            {
                throw new RuleTestException($"group name repeated in evaluation order: {name}");
            }
        }

        // Series are read once everything has the right shape.
        List<Func<RuleTestGroup>> groups = [.. record.List("tests", "[]main.testGroup").Select(test => GroupOf(test, interval))];
        var file = new RuleTestFile(
            _file,
            [.. record.List("rule_files", "[]string").Select(_misfits.Text)],
            interval,
            order,
            record.Flag("fuzzy_compare"),
            []);
        return _misfits.Text() is { } misfits
            ? throw new RuleTestException(misfits)
            : file with { Groups = [.. groups.Select(group => group())] };
    }

    private Func<RuleTestGroup> GroupOf(YamlNode node, TimeSpan evaluationInterval)
    {
        YamlRecord record = YamlRecord.Of(node, "main.testGroup", GroupKeys, _misfits);
        TimeSpan? written = record.Duration("interval");
        (YamlNode At, string Series, string Values)[] input =
        [
            .. record.List("input_series", "[]main.series").Select(series =>
            {
                YamlRecord fields = YamlRecord.Of(series, "main.series", SeriesKeys, _misfits);
                return (series, fields.Text("series"), fields.Text("values"));
            }),
        ];
        string start = record.Text("start_timestamp");
        var labels = new LabelsBuilder();
        foreach (Label label in record.Texts("external_labels") ?? [])
        {
            labels.Set(label.Name, label.Value);
        }

        var group = new RuleTestGroup
        {
            Name = record.Text("name"),
            Interval = written is { } given && given > TimeSpan.Zero ? given : evaluationInterval,
            Start = default,
            Input = [],
            Alerts = [.. record.List("alert_rule_test", "[]main.alertTestCase").Select(AlertTestOf)],
            Queries = [.. record.List("promql_expr_test", "[]main.promqlTestCase").Select(QueryTestOf)],
            ExternalLabels = labels.ToLabels(),
            ExternalUrl = record.Text("external_url"),
        };
        YamlNode startAt = record.PlaceOf("start_timestamp");
        return () => group with { Start = start.Length == 0 ? default : TimeOf(start, startAt), Input = [.. input.Select(SeriesOf)] };
    }

    private AlertExpectation AlertTestOf(YamlNode node)
    {
        YamlRecord record = YamlRecord.Of(node, "main.alertTestCase", AlertTestKeys, _misfits);
        string name = record.Text("alertname");
        ShownAlert[] alerts =
        [
            .. record.List("exp_alerts", "[]main.alert").Select(alert =>
            {
                YamlRecord fields = YamlRecord.Of(alert, "main.alert", AlertKeys, _misfits);
                IEnumerable<Label> labels = (fields.Texts("exp_labels") ?? []).Where(label => label.Name != AlertSeries.Name);

                // Prometheus adds the name by itself; the rule does not say it, nor need the test.
                return ShownAlert.Of(labels.Append(new Label(AlertSeries.Name, name)), fields.Texts("exp_annotations") ?? []);
            }),
        ];
        return new AlertExpectation(record.Duration("eval_time") ?? TimeSpan.Zero, name, alerts);
    }

    private QueryExpectation QueryTestOf(YamlNode node)
    {
        YamlRecord record = YamlRecord.Of(node, "main.promqlTestCase", QueryTestKeys, _misfits);
        return new QueryExpectation(
            record.Duration("eval_time") ?? TimeSpan.Zero,
            record.Text("expr"),
            [
                .. record.List("exp_samples", "[]main.sample").Select(sample =>
                {
                    YamlRecord fields = YamlRecord.Of(sample, "main.sample", SampleKeys, _misfits);
                    return new ExpectedSample(fields.Text("labels"), fields.Number("value"), fields.Text("histogram"));
                }),
            ]);
    }

    private static ScriptSeries SeriesOf((YamlNode At, string Series, string Values) input)
    {
        try
        {
            return SeriesNotation.Read($"{input.Series.Trim()} {input.Values.Trim()}");
        }
        catch (ScriptSyntaxException e)
        {
            throw new RuleTestException(string.Create(
                CultureInfo.InvariantCulture, $"line {input.At.Line}: series {QuotedText.Of(input.Series)}: {e.Message}"));
        }
    }

    private static Timestamp TimeOf(string text, YamlNode at)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && double.IsFinite(seconds))
        {
            return Timestamp.FromSeconds(seconds);
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return text.Length > 10 && text[10] is 'T' or 't' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out DateTimeOffset time)
            ? Timestamp.From(time)
            : throw new RuleTestException(string.Create(
                CultureInfo.InvariantCulture, $"line {at.Line}: cannot parse {QuotedText.Of(text)} to a valid timestamp"));
    }
}
