using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting.Tests;

public sealed class RuleGroupStateTests
{
    private static readonly RuleSettings Settings = new(Labels.From(("cluster", "eu")), "http://here/", TimeSpan.Zero);

    [Fact]
    public void An_alert_is_pending_then_fires_then_is_over_and_is_forgotten()
    {
        var drive = new Drive("- {alert: Down, expr: up == 0, for: 2m}");
        drive.Evaluate(0, Sample("up", 0, ("job", "a")));
        Alert alert = drive.Alert();
        Assert.Equal((AlertState.Pending, new Timestamp(0)), (alert.State, alert.ActiveAt));
        Assert.Equal(Labels.From(("alertname", "Down"), ("job", "a")), alert.Labels);
        Assert.Equal(
            ["{__name__=\"ALERTS\", alertname=\"Down\", alertstate=\"pending\", job=\"a\"} 1 @0", "{__name__=\"ALERTS_FOR_STATE\", alertname=\"Down\", job=\"a\"} 0 @0"],
            drive.Written);

        drive.Evaluate(119, Sample("up", 0, ("job", "a")));
        Assert.Equal(AlertState.Pending, drive.Alert().State);

        drive.Evaluate(120, Sample("up", 0, ("job", "a")));
        Assert.Equal((AlertState.Firing, new Timestamp(120_000)), (drive.Alert().State, drive.Alert().FiredAt));
        Assert.Contains("{__name__=\"ALERTS\", alertname=\"Down\", alertstate=\"pending\", job=\"a\"} stale @120000", drive.Written);

        drive.Evaluate(180);
        Assert.Equal((AlertState.Inactive, new Timestamp(180_000)), (drive.Alert().State, drive.Alert().ResolvedAt));
        Assert.Equal(
            ["{__name__=\"ALERTS\", alertname=\"Down\", alertstate=\"firing\", job=\"a\"} stale @180000", "{__name__=\"ALERTS_FOR_STATE\", alertname=\"Down\", job=\"a\"} stale @180000"],
            drive.Written);

        drive.Evaluate(180 + (15 * 60));
        Assert.Equal(AlertState.Inactive, drive.Alert().State);
        drive.Evaluate(181 + (15 * 60));
        Assert.Empty(drive.Rule.Alerts);
    }

    [Fact]
    public void A_pending_alert_whose_series_is_gone_is_forgotten_at_once()
    {
        var drive = new Drive("- {alert: Down, expr: up == 0, for: 2m}");
        drive.Evaluate(0, Sample("up", 0));
        drive.Evaluate(60);
        Assert.Empty(drive.Rule.Alerts);
        drive.Evaluate(120, Sample("up", 0));
        Assert.Equal(new Timestamp(120_000), drive.Alert().ActiveAt);
    }

    [Fact]
    public void An_alert_that_comes_back_begins_anew()
    {
        var drive = new Drive("- {alert: Down, expr: up == 0}");
        drive.Evaluate(0, Sample("up", 0));
        Assert.Equal(AlertState.Firing, drive.Alert().State);
        drive.Evaluate(60);
        drive.Evaluate(120, Sample("up", 0));
        Assert.Equal((AlertState.Firing, new Timestamp(120_000), (Timestamp?)null), (drive.Alert().State, drive.Alert().ActiveAt, drive.Alert().ResolvedAt));
    }

    [Fact]
    public void A_rule_can_keep_its_alerts_firing()
    {
        var drive = new Drive("- {alert: Down, expr: up == 0, keep_firing_for: 2m}");
        drive.Evaluate(0, Sample("up", 0));
        drive.Evaluate(60);
        Assert.Equal((AlertState.Firing, new Timestamp(60_000)), (drive.Alert().State, drive.Alert().KeepFiringSince));
        drive.Evaluate(120, Sample("up", 0));
        Assert.Null(drive.Alert().KeepFiringSince);
        drive.Evaluate(180);
        drive.Evaluate(299);
        Assert.Equal(AlertState.Firing, drive.Alert().State);
        drive.Evaluate(300);
        Assert.Equal(AlertState.Inactive, drive.Alert().State);
    }

    [Fact]
    public void Labels_and_annotations_are_expanded()
    {
        var drive = new Drive("""
            - alert: Down
              expr: up == 0
              labels: {where: "{{ $labels.job }}-{{ .ExternalLabels.cluster }}", job: ""}
              annotations: {text: "{{ $value | humanize }} at {{ $externalURL }}", bad: "{{ $labels.job | humanize }}"}
            """);
        drive.Evaluate(0, Sample("up", 1500, ("job", "a")));
        Assert.Equal(Labels.From(("alertname", "Down"), ("where", "a-eu")), drive.Alert().Labels);
        Assert.Equal(
            [
                new Label("bad", "<error expanding template: error executing template __alert_Down: template: __alert_Down:1:129: executing \"__alert_Down\" at <humanize>: error calling humanize: strconv.ParseFloat: parsing \"a\": invalid syntax>"),
                new Label("text", "1.5k at http://here/"),
            ],
            drive.Alert().Annotations);
    }

    [Fact]
    public void A_template_may_ask_queries()
    {
        var drive = new Drive("""
            - alert: Down
              expr: up == 0
              annotations: {text: "{{ with query \"count(up)\" }}{{ . | first | value }}{{ end }}{{ query \"bad\" }}"}
            """);
        drive.Answers["count(up)"] = [Sample("", 3)];
        drive.Evaluate(0, Sample("up", 0));
        Assert.Contains("error calling query: no answer", drive.Alert().Annotations[0].Value, StringComparison.Ordinal);
        drive.Answers["bad"] = [];
        drive.Evaluate(60, Sample("up", 0));
        Assert.Equal("3[]", drive.Alert().Annotations[0].Value);
    }

    [Theory]
    [InlineData(TemplateLimits.QueriesMax, false)]
    [InlineData(TemplateLimits.QueriesMax + 1, true)]
    public void A_template_may_not_ask_queries_without_end(int queries, bool fails)
    {
        var drive = new Drive($$$"""
            - alert: Down
              expr: up == 0
              annotations: {text: '{{ range {{{queries}}} }}{{ query (printf "q%d" .) }}{{ end }}'}
            """);
        for (int i = 0; i < queries; i++)
        {
            drive.Answers[$"q{i}"] = [];
        }

        drive.Evaluate(0, Sample("up", 0));
        Assert.Equal(fails, drive.Alert().Annotations[0].Value.Contains("a template may ask at most 100 queries", StringComparison.Ordinal));
    }

    [Fact]
    public void A_recording_rule_names_its_series_and_marks_the_ends_of_those_that_are_gone()
    {
        var drive = new Drive("- {record: 'job:up', expr: up, labels: {by: rule, job: ''}}");
        drive.Evaluate(0, Sample("up", 1, ("job", "a"), ("instance", "x")), Sample("up", 2, ("job", "a"), ("instance", "y")));
        Assert.Equal(
            ["{__name__=\"job:up\", by=\"rule\", instance=\"x\"} 1 @0", "{__name__=\"job:up\", by=\"rule\", instance=\"y\"} 2 @0"], drive.Written);
        drive.Evaluate(60, Sample("up", 1, ("instance", "y")));
        Assert.Equal(
            ["{__name__=\"job:up\", by=\"rule\", instance=\"y\"} 1 @60000", "{__name__=\"job:up\", by=\"rule\", instance=\"x\"} stale @60000"], drive.Written);
    }

    [Fact]
    public void Series_that_come_out_as_one_are_an_error_and_write_nothing()
    {
        var drive = new Drive("- {record: r, expr: up, labels: {job: ''}}");
        drive.Evaluate(0, Sample("up", 1, ("job", "a")), Sample("up", 2, ("job", "b")));
        Assert.Equal("vector contains metrics with the same labelset after applying rule labels", drive.Rule.LastError);
        Assert.Equal(RuleHealth.Bad, drive.Rule.Health);
        Assert.Empty(drive.Written);
        drive.Evaluate(60, Sample("up", 1, ("job", "a")));
        Assert.Equal((RuleHealth.Good, (string?)null), (drive.Rule.Health, drive.Rule.LastError));
    }

    [Theory]
    [InlineData("- {record: r, expr: up}", "exceeded limit of 1 with 2 series")]
    [InlineData("- {alert: r, expr: up}", "exceeded limit of 1 with 2 alerts")]
    public void A_group_has_a_limit(string rule, string expected)
    {
        var drive = new Drive(rule, "limit: 1");
        drive.Evaluate(0, Sample("up", 1, ("job", "a")));
        Assert.Null(drive.Rule.LastError);
        drive.Evaluate(60, Sample("up", 1, ("job", "a")), Sample("up", 2, ("job", "b")));
        Assert.Equal(expected, drive.Rule.LastError);
        Assert.Empty(drive.Rule.Alerts);
    }

    [Fact]
    public void A_failed_query_fails_its_rule_alone_and_marks_no_end()
    {
        var drive = new Drive("- {record: r, expr: up}\n- {record: s, expr: down}");
        drive.Answers["down"] = [Sample("down", 1)];
        drive.Evaluate(0, Sample("up", 1));
        drive.Answers.Remove("up");
        drive.EvaluateAt(new Timestamp(60_000));
        Assert.Equal("no answer", drive.Rule.LastError);
        Assert.Equal(["{__name__=\"s\"} 1 @60000"], drive.Written);
        drive.Evaluate(120);
        Assert.Contains("{__name__=\"r\"} stale @120000", drive.Written);
    }

    [Fact]
    public void A_query_offset_moves_what_is_asked_and_what_is_written()
    {
        var drive = new Drive("- {alert: Down, expr: up == 0}", "query_offset: 1m");
        drive.Evaluate(90, Sample("up", 0));
        Assert.Equal(new Timestamp(30_000), drive.LastAsked);
        Assert.Equal(new Timestamp(90_000), drive.Alert().ActiveAt);
        Assert.Equal(["{__name__=\"ALERTS\", alertname=\"Down\", alertstate=\"firing\"} 1 @30000", "{__name__=\"ALERTS_FOR_STATE\", alertname=\"Down\"} 90 @30000"], drive.Written);
    }

    [Fact]
    public void A_sample_that_was_refused_makes_the_rule_bad_and_is_not_marked_as_gone()
    {
        var drive = new Drive("- {record: r, expr: up}");
        drive.Refuse = "duplicate sample for timestamp";
        drive.Evaluate(0, Sample("up", 1));
        Assert.Equal("duplicate sample for timestamp", drive.Rule.LastError);
        drive.Refuse = null;
        drive.Evaluate(60);
        Assert.Empty(drive.Written);
    }

    [Fact]
    public void A_histogram_is_recorded_and_seen_by_templates()
    {
        NativeHistogram histogram = SeriesNotation.Values(" {{schema:0 sum:5 count:2 buckets:[2]}}")[0].Histogram!;
        var drive = new Drive("- {record: r, expr: up}\n- {alert: a, expr: up, annotations: {v: '{{ $value }}'}}");
        drive.Evaluate(0, new VectorSample(Labels.From(("__name__", "up")), default, 0, histogram));
        Assert.Same(histogram, drive.Samples[0].Histogram);
        Assert.Contains("count:2", drive.State.Rules[1].Alerts.Values.Single().Annotations[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_out_of_turn_is_refused()
    {
        RuleGroupState state = new Drive("- {record: r, expr: up}").State;
        Assert.Throws<InvalidOperationException>(() => state.On(new SamplesWritten([])));
        (RuleGroupState asking, _) = state.On(new EvaluationDue(default));
        Assert.True(asking.IsBusy);
        Assert.Throws<InvalidOperationException>(() => asking.On(new EvaluationDue(default)));
    }

    private static VectorSample Sample(string name, double value, params (string, string)[] labels) => new(
        Labels.From([.. labels, .. name.Length == 0 ? Array.Empty<(string, string)>() : [("__name__", name)]]), default, value, null);

    // Does what a group wants done, with answers by query.
    private sealed class Drive
    {
        public Drive(string rules, string extra = "")
        {
            string indented = string.Join('\n', rules.Split('\n').Select(line => "  " + line));
            RuleFile file = RuleFile.Parse($"groups:\n- name: g\n  {extra}\n  rules:\n{indented}\n", "f", new RuleFileOptions());
            Assert.Empty(file.Problems);
            State = RuleGroupState.New(file.Groups[0], Settings);
        }

        public RuleGroupState State { get; private set; }

        public Dictionary<string, VectorSample[]> Answers { get; } = [];

        public List<RuleSample> Samples { get; } = [];

        public Timestamp LastAsked { get; private set; }

        public string? Refuse { get; set; }

        public RuleState Rule => State.Rules[0];

        public IEnumerable<string> Written => Samples.Select(sample =>
            $"{sample.Labels} {(StaleMarker.Is(sample.Value) ? "stale" : sample.Value)} @{sample.At}");

        public Alert Alert() => Assert.Single(Rule.Alerts.Values);

        public void Evaluate(int second, params VectorSample[] answer)
        {
            Answers[Rule.Rule.Query] = answer;
            EvaluateAt(new Timestamp(second * 1000L));
        }

        public void EvaluateAt(Timestamp at)
        {
            Samples.Clear();
            RuleEvent happened = new EvaluationDue(at);
            while (true)
            {
                (State, RuleEffect effect) = State.On(happened);
                switch (effect)
                {
                    case EvaluationEnded:
                        Assert.False(State.IsBusy);
                        return;
                    case AskQuery ask:
                        LastAsked = ask.At;
                        happened = Answers.TryGetValue(ask.Query, out VectorSample[]? answer)
                            ? new QueryAnswered(new VectorValue(answer))
                            : new QueryFailed("no answer");
                        break;
                    case WriteSamples write:
                        Samples.AddRange(write.Samples);
                        happened = new SamplesWritten(Refuse is null ? [] : [new RefusedSample(write.Samples[0].Labels, Refuse)]);
                        break;
                }
            }
        }
    }
}
