using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Labels of what the absent functions yield: from equality matchers on names that occur once.</summary>
internal static class AbsentLabels
{
    public static Labels Of(Expr argument)
    {
        IReadOnlyList<Matcher> matchers;
        switch (argument)
        {
            case VectorSelector selector:
                matchers = selector.Matchers;
                break;
            case MatrixSelector matrix:
                matchers = matrix.Vector.Matchers;
                break;
            default:
                return Labels.Empty;
        }

        var builder = new LabelsBuilder();
        foreach (Matcher matcher in matchers)
        {
            if (matcher.Name == LabelName.MetricName)
            {
                continue;
            }

            if (matcher.Kind == MatchKind.Equal && matchers.Count(m => m.Name == matcher.Name) == 1)
            {
                builder.Set(matcher.Name, matcher.Value);
            }
        }

        return builder.ToLabels();
    }
}
