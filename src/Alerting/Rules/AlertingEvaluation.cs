using System.Globalization;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>What an alerting rule makes of the answer to its query: its alerts go from nothing to pending to firing and back.</summary>
/// <remarks>Prometheus documentation, "Alerting rules"; transitions as in its compliance suite for alert generators.</remarks>
internal static class AlertingEvaluation
{
    // How long an alert that is over is kept, so that whoever was told of it can be told of its end more than once.
    private static readonly TimeSpan KeptWhenOver = TimeSpan.FromMinutes(15);

    /// <summary>The alerts after an evaluation.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="alerts">Those before it.</param>
    /// <param name="vector">The answer to its query.</param>
    /// <param name="at">The time of the evaluation.</param>
    /// <param name="settings">What templates see.</param>
    /// <param name="queries">Answers to queries of templates.</param>
    /// <exception cref="RuleFailureException">Two alerts come out as one.</exception>
    /// <exception cref="TemplateQueryWantedException">A template asks a query whose answer is not there.</exception>
    public static Dictionary<Labels, Alert> Step(
        AlertingRule rule,
        IReadOnlyDictionary<Labels, Alert> alerts,
        IReadOnlyList<VectorSample> vector,
        Timestamp at,
        RuleSettings settings,
        TemplateQueries queries)
    {
        Dictionary<Labels, Alert> seen = Seen(rule, vector, at, settings, queries);
        var next = new Dictionary<Labels, Alert>(alerts.Count + seen.Count);
        foreach ((Labels labels, Alert alert) in alerts)
        {
            if (seen.Remove(labels, out Alert? now))
            {
                Alert going = alert.State == AlertState.Inactive ? now : alert with { Value = now.Value, Annotations = now.Annotations };
                next.Add(labels, Fire(rule, going with { KeepFiringSince = null }, at));
            }
            else if (Without(rule, alert, at) is { } left)
            {
                next.Add(labels, left);
            }
        }

        foreach ((Labels labels, Alert alert) in seen)
        {
            next.Add(labels, Fire(rule, alert, at));
        }

        return next;
    }

    /// <summary>Throws where there are more active alerts than a group allows.</summary>
    public static void CheckLimit(IReadOnlyDictionary<Labels, Alert> alerts, int limit)
    {
        int active = alerts.Values.Count(alert => alert.State != AlertState.Inactive);
        if (limit > 0 && active > limit)
        {
            throw new RuleFailureException(string.Create(CultureInfo.InvariantCulture, $"exceeded limit of {limit} with {active} alerts"));
        }
    }

    /// <summary>The series that say how alerts stand: <c>ALERTS</c>, and <c>ALERTS_FOR_STATE</c> with the second since when.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="alerts">After the evaluation.</param>
    /// <param name="at">The time the query was asked for.</param>
    public static List<RuleSample> Samples(AlertingRule rule, IReadOnlyDictionary<Labels, Alert> alerts, Timestamp at)
    {
        var samples = new List<RuleSample>();
        var labels = new LabelsBuilder();
        foreach (Alert alert in alerts.Values.Where(alert => alert.State != AlertState.Inactive))
        {
            labels.Reset(alert.Labels)
                .Set(LabelName.MetricName, AlertSeries.Alerts)
                .Set(AlertSeries.Name, rule.Name)
                .Set(AlertSeries.State, AlertSeries.TextOf(alert.State));
            samples.Add(new RuleSample(labels.ToLabels(), at, 1, null));
            labels.Reset(alert.Labels).Set(LabelName.MetricName, AlertSeries.Since).Set(AlertSeries.Name, rule.Name);
            samples.Add(new RuleSample(labels.ToLabels(), at, Math.Floor(alert.ActiveAt.Milliseconds / 1000.0), null));
        }

        return samples;
    }

    private static Dictionary<Labels, Alert> Seen(
        AlertingRule rule, IReadOnlyList<VectorSample> vector, Timestamp at, RuleSettings settings, TemplateQueries queries)
    {
        var seen = new Dictionary<Labels, Alert>(vector.Count);
        var context = new TemplateContext(at, settings.ExternalUrl, queries);
        var labels = new LabelsBuilder();
        foreach (VectorSample sample in vector)
        {
            var data = new AlertTemplateData(
                sample.Labels, settings.ExternalLabels, settings.ExternalUrl, sample.Histogram is null ? sample.Value : sample.Histogram);
            labels.Reset(sample.Labels).Remove(LabelName.MetricName);
            foreach (Label label in rule.Labels)
            {
                labels.Set(label.Name, AlertTemplates.Expand(rule.Name, label.Value, data, context));
            }

            Labels named = labels.Set(AlertSeries.Name, rule.Name).ToLabels();
            var alert = new Alert(named, AlertState.Pending, at)
            {
                Annotations =
                [
                    .. rule.Annotations.Select(text => text with { Value = AlertTemplates.Expand(rule.Name, text.Value, data, context) }),
                ],
                Value = sample.Histogram is null ? sample.Value : 0,
            };
            if (!seen.TryAdd(named, alert))
            {
                throw new RuleFailureException("vector contains metrics with the same labelset after applying alert labels");
            }
        }

        return seen;
    }

    private static Alert Fire(AlertingRule rule, Alert alert, Timestamp at) =>
        alert.State == AlertState.Pending && at - alert.ActiveAt >= rule.For ? alert with { State = AlertState.Firing, FiredAt = at } : alert;

    // What becomes of an alert whose series is not there; null where it is forgotten.
    private static Alert? Without(AlertingRule rule, Alert alert, Timestamp at)
    {
        switch (alert.State)
        {
            case AlertState.Pending:
                return null;
            case AlertState.Inactive:
                return alert.ResolvedAt is { } over && at - over > KeptWhenOver ? null : alert;
        }

        Timestamp since = alert.KeepFiringSince ?? at;
        return rule.KeepFiringFor > TimeSpan.Zero && at - since < rule.KeepFiringFor
            ? alert with { KeepFiringSince = since }
            : alert with { State = AlertState.Inactive, ResolvedAt = at };
    }
}
