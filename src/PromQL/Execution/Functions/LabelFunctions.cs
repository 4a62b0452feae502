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
        AnchoredRegex regex;
        try
        {
            regex = AnchoredRegex.Compile(texts[3]);
        }
        catch (RegexSyntaxException e)
        {
            throw new QueryException(QueryErrorKind.Execution, $"invalid regular expression in label_replace(): {texts[3]}", inner: e);
        }

        CheckName(target, "destination", "label_replace");
        var builder = new LabelsBuilder();
        return new Relabelled(context, inner, Change, target);

        Labels? Change(Labels labels) => regex.Expand(labels.Get(source), template, context.Settings.LabelCharsMax) is { } value
            ? builder.Reset(labels).Set(target, Counted(context, value, value.Length, "label_replace")).ToLabels()
            : null;
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
        return new Relabelled(context, inner, Change, target);

        Labels Change(Labels labels)
        {
            string[] parts = [.. sources.Select(labels.Get)];
            long chars = ((long)separator.Length * Math.Max(0, parts.Length - 1)) + parts.Sum(part => (long)part.Length);
            Counted(context, null, chars, "label_join");
            return builder.Reset(labels).Set(target, string.Join(separator, parts)).ToLabels();
        }
    }

    /// <summary>Counts a value that a query makes, before or after it is made; short ones are nothing beside the samples.</summary>
    /// <exception cref="QueryException">It is longer than a value may be, or one too many.</exception>
    public static string Counted(QueryContext context, string? value, long chars, string function)
    {
        const int shortChars = 64;
        if (chars > context.Settings.LabelCharsMax)
        {
            throw new QueryException(
                QueryErrorKind.Execution, $"{function}() would make a label value of more than {context.Settings.LabelCharsMax} characters")
            {
                Limit = "label-size",
            };
        }

        if (chars > shortChars)
        {
            context.Run.Budget.TakeBytes(chars * sizeof(char));
        }

        return value ?? string.Empty;
    }

    private static void CheckName(string name, string which, string function)
    {
        if (!LabelName.IsValid(name))
        {
            throw new QueryException(QueryErrorKind.Execution, $"invalid {which} label name in {function}(): {name}");
        }
    }
}
