using System.Globalization;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>What a recording rule makes of the answer to its query.</summary>
internal static class RecordingEvaluation
{
    /// <summary>The samples to write.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="vector">The answer.</param>
    /// <param name="at">The time that was asked for.</param>
    /// <param name="limit">Series it may yield; 0 for any number.</param>
    /// <exception cref="RuleFailureException">Two series come out as one, or there are too many.</exception>
    public static List<RuleSample> Samples(RecordingRule rule, IReadOnlyList<VectorSample> vector, Timestamp at, int limit)
    {
        var samples = new List<RuleSample>(vector.Count);
        var seen = new HashSet<Labels>(vector.Count);
        var labels = new LabelsBuilder();
        foreach (VectorSample sample in vector)
        {
            labels.Reset(sample.Labels).Set(LabelName.MetricName, rule.Name);
            foreach (Label label in rule.Labels)
            {
                labels.Set(label.Name, label.Value);
            }

            Labels named = labels.ToLabels();
            if (!seen.Add(named))
            {
                throw new RuleFailureException("vector contains metrics with the same labelset after applying rule labels");
            }

            samples.Add(new RuleSample(named, at, sample.Value, sample.Histogram));
        }

        return limit > 0 && samples.Count > limit
            ? throw new RuleFailureException(string.Create(CultureInfo.InvariantCulture, $"exceeded limit of {limit} with {samples.Count} series"))
            : samples;
    }
}
