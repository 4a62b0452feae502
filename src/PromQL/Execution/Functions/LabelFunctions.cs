using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Gives each series other labels: <c>label_replace</c>, <c>label_join</c>.</summary>
/// <param name="relabel">Old labels to new ones; null to leave the series as it is.</param>
/// <param name="target">The label that is written.</param>
internal sealed class Relabelled(QueryContext context, SeriesOperator inner, Func<Labels, Labels?> relabel, string target)
    : SeriesOperator(context, inner.Steps, inner)
{
    public override bool MoveNext()
    {
        if (!inner.MoveNext())
        {
            return false;
        }

        Current = inner.Current;
        if (Current.Name == NameFate.Dropped)
        {
            Current.Labels = Current.SeenLabels;
            Current.Name = NameFate.Kept;
        }

        if (relabel(Current.Labels) is { } labels)
        {
            Current.Labels = labels;
            if (target == LabelName.MetricName)
            {
                Current.Name = NameFate.Kept;
            }
        }

        return true;
    }
}

/// <summary>The functions behind <see cref="Relabelled"/>.</summary>
internal static class LabelFunctions
{
    public static Relabelled Replace(QueryContext context, SeriesOperator inner, IReadOnlyList<string> texts)
    {
        string target = texts[0];
        string template = texts[1];
        string source = texts[2];
        CheckName(target, "destination", "label_replace");
        AnchoredRegex regex;
        try
        {
            regex = AnchoredRegex.Compile(texts[3]);
        }
        catch (RegexSyntaxException e)
        {
            throw new QueryException(QueryErrorKind.Execution, $"invalid regular expression in label_replace(): {texts[3]}", inner: e);
        }

        var builder = new LabelsBuilder();
        return new Relabelled(context, inner, Change, target);

        Labels? Change(Labels labels) =>
            regex.Expand(labels.Get(source), template) is { } value ? builder.Reset(labels).Set(target, value).ToLabels() : null;
    }

    public static Relabelled Join(QueryContext context, SeriesOperator inner, IReadOnlyList<string> texts)
    {
        string target = texts[0];
        string separator = texts[1];
        string[] sources = [.. texts.Skip(2)];
        foreach (string source in sources)
        {
            CheckName(source, "source", "label_join");
        }

        CheckName(target, "destination", "label_join");
        var builder = new LabelsBuilder();
        return new Relabelled(
            context, inner, labels => builder.Reset(labels).Set(target, string.Join(separator, sources.Select(labels.Get))).ToLabels(), target);
    }

    private static void CheckName(string name, string which, string function)
    {
        if (!LabelName.IsValid(name))
        {
            throw new QueryException(QueryErrorKind.Execution, $"invalid {which} label name in {function}(): {name}");
        }
    }
}
