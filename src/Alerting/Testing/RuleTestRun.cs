using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>Runs one test: lets time pass from evaluation to evaluation, and compares.</summary>
internal sealed class RuleTestRun(RuleTestFile file, RuleTestGroup group, IReadOnlyList<RuleGroup> rules, RuleTestOptions options, TimeProvider time)
{
    // What promtool allows, so that a test that is too heavy there is too heavy here.
    private const int SamplesMax = 10_000;
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(100);

    private readonly RuleTestData _data = new(group);
    private readonly Engine _engine = new(
        options.Expressions with { SamplesMax = SamplesMax, Timeout = QueryTimeout, SubqueryStep = file.EvaluationInterval }, time);

    private RuleGroupState[] _groups = [];

    /// <summary>What was not as expected, in promtool's words; empty where all was.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancel)
    {
        if (group.Alerts.FirstOrDefault(test => test.Alert.Length == 0) is { } nameless)
        {
            string where = group.Name.Length == 0 ? string.Empty : $" (in TestGroup {group.Name})";
            return [$"an item under alert_rule_test misses required attribute alertname at eval_time {PrometheusDuration.Format(nameless.At)}{where}"];
        }

        var settings = new RuleSettings(group.ExternalLabels, group.ExternalUrl, TimeSpan.Zero);
        _groups = [.. rules.Select(one => RuleGroupState.New(one, settings))];
        var problems = new List<string>();
        for (TimeSpan passed = TimeSpan.Zero; passed <= group.End; passed += file.EvaluationInterval)
        {
            IReadOnlyList<string> failures = await EvaluateAsync(group.Start + passed, cancel).ConfigureAwait(false);
            problems.AddRange(failures);
            if (failures.Count > 0)
            {
                return problems;
            }

            // Alerts change at evaluations only: between two the earlier one holds.
            TimeSpan now = passed;
            foreach (AlertExpectation expected in group.Alerts
                .Where(test => test.At >= now && test.At < now + file.EvaluationInterval)
                .OrderBy(test => test.At))
            {
                problems.AddRange(Compare(expected));
            }
        }

        foreach (QueryExpectation expected in group.Queries)
        {
            if (await CompareAsync(expected, cancel).ConfigureAwait(false) is { } problem)
            {
                problems.Add(problem);
            }
        }

        return problems;
    }

    private async Task<IReadOnlyList<string>> EvaluateAsync(Timestamp now, CancellationToken cancel)
    {
        try
        {
            _data.LoadThrough(now);
        }
        catch (RuleTestException e)
        {
            return [e.Message];
        }

        var failures = new List<string>();
        for (int i = 0; i < _groups.Length; i++)
        {
            RuleEvent happened = new EvaluationDue(now);
            while (true)
            {
                (RuleGroupState next, RuleEffect effect) = _groups[i].On(happened);
                _groups[i] = next;
                if (effect is EvaluationEnded)
                {
                    break;
                }

                happened = effect is WriteSamples write
                    ? _data.Write(write.Samples)
                    : await AskAsync((AskQuery)effect, cancel).ConfigureAwait(false);
            }

            failures.AddRange(_groups[i].Rules
                .Where(rule => rule.LastError is not null)
                .Select(rule => $"    rule: {rule.Rule.Name}, time: {new GoDuration(now.Milliseconds * 1_000_000)}, err: {rule.LastError}"));
        }

        return failures;
    }

    private async Task<RuleEvent> AskAsync(AskQuery ask, CancellationToken cancel)
    {
        try
        {
            QueryResult result = ask.Parsed is null
                ? await _engine.InstantAsync(ask.Query, ask.At, _data.Store, QueryRunOptions.Default, cancel).ConfigureAwait(false)
                : await _engine.InstantAsync(ask.Parsed, ask.Query, ask.At, _data.Store, QueryRunOptions.Default, cancel).ConfigureAwait(false);
            return new QueryAnswered(result.Value);
        }
        catch (QueryException e)
        {
            return new QueryFailed(e.Message);
        }
    }

    private IEnumerable<string> Compare(AlertExpectation test)
    {
        ShownAlert[] seen =
        [
            .. _groups
                .SelectMany(one => one.Rules)
                .Where(rule => rule.Rule is AlertingRule && rule.Rule.Name == test.Alert)
                .SelectMany(rule => rule.Alerts.Values)
                .Where(alert => alert.State == AlertState.Firing)
                .Select(alert => ShownAlert.Of(alert.Labels, alert.Annotations))
                .Order(),
        ];
        ShownAlert[] expected = [.. test.Expected.Order()];
        if (seen.Length == expected.Length && seen.Zip(expected).All(pair => pair.First.CompareTo(pair.Second) == 0))
        {
            yield break;
        }

        const string Indent = "            ";
        string name = group.Name.Length == 0 ? string.Empty : $"    name: {group.Name},\n";
        string place = $"{name}    alertname: {test.Alert}, time: {PrometheusDuration.Format(test.At)}, \n";
        yield return options.Diff
            ? $"{place}        diff: {AlertDifference.Of(expected, seen, Indent)}"
            : $"{place}        exp:{ShownAlert.List(expected, Indent)}, \n        got:{ShownAlert.List(seen, Indent)}";
    }

    private async Task<string?> CompareAsync(QueryExpectation test, CancellationToken cancel)
    {
        string place = $"    expr: {QuotedText.Of(test.Query)}, time: {PrometheusDuration.Format(test.At)},";
        ShownSample[] seen;
        ShownSample[] expected;
        try
        {
            QueryResult result = await _engine.InstantAsync(
                test.Query, group.Start + test.At, _data.Store, QueryRunOptions.Default, cancel).ConfigureAwait(false);
            seen = RuleVector.Of(result.Value) is { } vector
                ? [.. vector.Select(sample => new ShownSample(sample.Labels, sample.Value, sample.Histogram)).Order()]
                : throw new QueryException(QueryErrorKind.BadData, RuleVector.NoVector);
            expected = [.. test.Expected.Select(ShownSample.Of).Order()];
        }
        catch (Exception e) when (e is QueryException or RuleTestException)
        {
            return $"{place} err: {e.Message}";
        }

        return seen.Length == expected.Length && seen.Zip(expected).All(pair => pair.Second.IsSame(pair.First, file.FuzzyCompare))
            ? null
            : $"{place}\n        exp: {ShownSample.List(expected)}\n        got: {ShownSample.List(seen)}";
    }
}
