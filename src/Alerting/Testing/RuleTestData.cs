using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>The series of one test: its input as far as time has come, and what rules have written.</summary>
internal sealed class RuleTestData(RuleTestGroup group)
{
    private readonly int[] _loaded = new int[group.Input.Count];

    public ScriptStore Store { get; } = new();

    /// <summary>Loads the input through a time: rules must not see what comes later.</summary>
    public void LoadThrough(Timestamp now)
    {
        for (int i = 0; i < group.Input.Count; i++)
        {
            ScriptSeries series = group.Input[i];
            for (; _loaded[i] < series.Values.Count; _loaded[i]++)
            {
                Timestamp at = group.Start + (group.Interval * _loaded[i]);
                if (at > now)
                {
                    break;
                }

                ScriptValue value = series.Values[_loaded[i]];
                if (!value.Omitted && Store.Append(series.Labels, at, value.Number, value.Histogram) is { } problem)
                {
                    throw new RuleTestException($"{series.Labels}: {problem}");
                }
            }
        }
    }

    /// <summary>Writes what a rule yields.</summary>
    public SamplesWritten Write(IReadOnlyList<RuleSample> samples)
    {
        var refused = new List<RefusedSample>();
        foreach (RuleSample sample in samples)
        {
            if (Store.Append(sample.Labels, sample.At, sample.Value, sample.Histogram) is { } problem)
            {
                refused.Add(new RefusedSample(sample.Labels, problem));
            }
        }

        return new SamplesWritten(refused);
    }
}
