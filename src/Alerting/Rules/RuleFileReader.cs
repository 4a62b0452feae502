using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Yaml;

namespace Pleiad.Alerting;

/// <summary>Reads one rule file: first its shape, and only where that is right what its values mean.</summary>
internal sealed class RuleFileReader(string file, RuleFileOptions options)
{
    private static readonly string[] FileKeys = ["groups"];
    private static readonly string[] GroupKeys = ["name", "interval", "query_offset", "limit", "rules", "labels"];
    private static readonly string[] RuleKeys = ["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"];

    private readonly List<RuleProblem> _problems = [];
    private readonly YamlMisfits _misfits = new(options.IgnoreUnknownFields);

    public RuleFile Read(string text)
    {
        YamlNode? root;
        bool more;
        try
        {
            root = YamlReader.Read(text, out more);
        }
        catch (YamlSyntaxException e)
        {
            return new RuleFile([], [new RuleProblem(file, e.Line, 0, null, e.Message)], false);
        }

        if (root is null)
        {
            return new RuleFile([], [], false);
        }

        GroupText[] groups =
        [
            .. YamlRecord.Of(root, "rulefmt.RuleGroups", FileKeys, _misfits)
                .List("groups", "[]rulefmt.RuleGroup")
                .Select(GroupOf),
        ];
        if (_misfits.Text() is { } misfits)
        {
            return new RuleFile([], [new RuleProblem(file, _misfits.FirstLine, 0, null, misfits)], more);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        return new RuleFile([.. groups.Select(group => Checked(group, names))], _problems, more);
    }

    private GroupText GroupOf(YamlNode node)
    {
        YamlRecord record = YamlRecord.Of(node, "rulefmt.RuleGroup", GroupKeys, _misfits);
        return new GroupText(
            record,
            record.Text("name"),
            record.Duration("interval"),
            record.Duration("query_offset"),
            record.Whole("limit"),
            record.Texts("labels") ?? [],
            [.. record.List("rules", "[]rulefmt.Rule").Select(RuleOf)]);
    }

    private RuleText RuleOf(YamlNode node)
    {
        YamlRecord record = YamlRecord.Of(node, "rulefmt.Rule", RuleKeys, _misfits);
        return new RuleText(
            record,
            record.Text("record"),
            record.Text("alert"),
            record.Text("expr"),
            record.Duration("for") ?? TimeSpan.Zero,
            record.Duration("keep_firing_for") ?? TimeSpan.Zero,
            record.Texts("labels") ?? [],
            record.Texts("annotations") ?? []);
    }

    private RuleGroup Checked(GroupText group, HashSet<string> names)
    {
        YamlNode at = group.Record.At;
        if (group.Name.Length == 0)
        {
            Problem(at, "Groupname must not be empty");
        }

        if (!names.Add(group.Name))
        {
            Problem(at, $"groupname: \"{group.Name}\" is repeated in the same file");
        }

        YamlNode labelsAt = group.Record.PlaceOf("labels");
        foreach (string problem in LabelProblems(group.Labels))
        {
            Problem(labelsAt, problem);
        }

        var rules = new List<Rule>(group.Rules.Count);
        for (int i = 0; i < group.Rules.Count; i++)
        {
            string name = group.Rules[i].Alert.Length > 0 ? group.Rules[i].Alert : group.Rules[i].Record;
            var prefix = string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"group {QuotedText.Of(group.Name)}, rule {i + 1}, {QuotedText.Of(name)}: ");
            if (Checked(group.Rules[i], group.Labels, prefix) is { } rule)
            {
                rules.Add(rule);
            }
        }

        return new RuleGroup(group.Name, file, rules)
        {
            Interval = group.Interval == TimeSpan.Zero ? null : group.Interval,
            QueryOffset = group.QueryOffset,
            Limit = group.Limit,
        };
    }

    private Rule? Checked(RuleText rule, IReadOnlyList<Label> groupLabels, string prefix)
    {
        int before = _problems.Count;
        YamlNode record = rule.Fields.PlaceOf("record");
        if (rule.Record.Length > 0 && rule.Alert.Length > 0)
        {
            YamlNode alert = rule.Fields.PlaceOf("alert");
            _problems.Add(new RuleProblem(
                file,
                record.Line,
                record.Column,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{alert.Line}:{alert.Column}"),
                prefix + "only one of 'record' and 'alert' must be set"));
        }
        else if (rule.Record.Length == 0 && rule.Alert.Length == 0)
        {
            Problem(rule.Fields.At, prefix + "one of 'record' or 'alert' must be set");
        }

        Expr? parsed = Expression(rule, prefix);
        if (rule.Record.Length > 0)
        {
            foreach (string problem in RecordProblems(rule))
            {
                Problem(record, prefix + problem);
            }
        }

        foreach (string problem in LabelProblems(rule.Labels))
        {
            Problem(rule.Fields.PlaceOf("labels"), prefix + problem);
        }

        foreach (Label annotation in rule.Annotations.Where(annotation => !IsLabelName(annotation.Name)))
        {
            Problem(rule.Fields.PlaceOf("annotations"), $"{prefix}invalid annotation name: {annotation.Name}");
        }

        TemplateProblems(rule, prefix);
        return _problems.Count > before ? null : RuleOf(rule, parsed!, groupLabels);
    }

    private Expr? Expression(RuleText rule, string prefix)
    {
        YamlNode at = rule.Fields.PlaceOf("expr");
        if (rule.Expression.Length == 0)
        {
            Problem(at, prefix + "field 'expr' must be set in rule");
            return null;
        }

        try
        {
            return Parser.Parse(rule.Expression, options.Expressions);
        }
        catch (QueryException e)
        {
            Problem(at, $"{prefix}could not parse expression: {e.Message}");
            return null;
        }
    }

    private IEnumerable<string> RecordProblems(RuleText rule)
    {
        if (rule.Annotations.Count > 0)
        {
            yield return "invalid field 'annotations' in recording rule";
        }

        if (rule.For != TimeSpan.Zero)
        {
            yield return "invalid field 'for' in recording rule";
        }

        if (rule.KeepFiringFor != TimeSpan.Zero)
        {
            yield return "invalid field 'keep_firing_for' in recording rule";
        }

        if (!(options.LegacyNames ? LabelName.IsLegacyMetric(rule.Record) : LabelName.IsValid(rule.Record)))
        {
            yield return $"invalid recording rule name: {rule.Record}";
        }

        // UTF-8 names could have braces, but so far they were always expressions in the wrong place.
        if (rule.Record.AsSpan().ContainsAny('{', '}'))
        {
            yield return $"braces present in the recording rule name; should it be in expr?: {rule.Record}";
        }
    }

    private IEnumerable<string> LabelProblems(IReadOnlyList<Label> labels)
    {
        foreach (Label label in labels)
        {
            if (!IsLabelName(label.Name) || label.Name == LabelName.MetricName)
            {
                yield return $"invalid label name: {label.Name}";
            }

            // A value is any well-formed text, the empty one included.
            if (label.Value.Length > 0 && !LabelName.IsValid(label.Value))
            {
                yield return $"invalid label value: {label.Value}";
            }
        }
    }

    private bool IsLabelName(string name) => options.LegacyNames ? LabelName.IsLegacy(name) : LabelName.IsValid(name);

    private void TemplateProblems(RuleText rule, string prefix)
    {
        if (rule.Alert.Length == 0)
        {
            return;
        }

        foreach ((string kind, string key, IReadOnlyList<Label> texts) in
            (ReadOnlySpan<(string, string, IReadOnlyList<Label>)>)[("label", "labels", rule.Labels), ("annotation", "annotations", rule.Annotations)])
        {
            foreach (Label text in texts)
            {
                if (AlertTemplates.Problem(rule.Alert, text.Value) is { } problem)
                {
                    Problem(rule.Fields.PlaceOf(key), $"{prefix}{kind} {QuotedText.Of(text.Name)}: {problem}");
                }
            }
        }
    }

    private static Rule RuleOf(RuleText rule, Expr parsed, IReadOnlyList<Label> groupLabels)
    {
        Label[] labels =
        [
            .. groupLabels.Where(label => rule.Labels.All(own => own.Name != label.Name))
                .Concat(rule.Labels)
                .OrderBy(label => label.Name, Utf8Order.Comparer),
        ];
        int line = rule.Fields.At.Line;
        return rule.Alert.Length == 0
            ? new RecordingRule(rule.Record, rule.Expression, parsed, labels, line)
            : new AlertingRule(rule.Alert, rule.Expression, parsed, labels, line)
            {
                For = rule.For,
                KeepFiringFor = rule.KeepFiringFor,
                Annotations = rule.Annotations,
            };
    }

    private void Problem(YamlNode at, string text) => _problems.Add(new RuleProblem(file, at.Line, at.Column, null, text));

    private sealed record GroupText(
        YamlRecord Record, string Name, TimeSpan? Interval, TimeSpan? QueryOffset, int Limit, IReadOnlyList<Label> Labels, IReadOnlyList<RuleText> Rules);

    private sealed record RuleText(
        YamlRecord Fields,
        string Record,
        string Alert,
        string Expression,
        TimeSpan For,
        TimeSpan KeepFiringFor,
        IReadOnlyList<Label> Labels,
        IReadOnlyList<Label> Annotations);
}
