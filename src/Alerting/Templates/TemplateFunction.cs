namespace Pleiad.Alerting;

/// <summary>What a function of a template takes in one place.</summary>
internal enum TemplateParameter
{
    Any,
    Text,
    Whole,
    Number,
    Samples,
    Sample,
    Duration,
}

/// <summary>A function that templates may call.</summary>
/// <param name="Name">As templates write it.</param>
/// <param name="Parameters">What it takes.</param>
/// <param name="Rest">What every further argument is; null where there may be none.</param>
/// <param name="Call">Surroundings and arguments, already checked, to the result.</param>
internal sealed record TemplateFunction(
    string Name, TemplateParameter[] Parameters, TemplateParameter? Rest, Func<TemplateContext, IReadOnlyList<object?>, object?> Call)
{
    /// <summary>Go's name of what a parameter takes.</summary>
    public static string TypeNameOf(TemplateParameter parameter) => parameter switch
    {
        TemplateParameter.Text => "string",
        TemplateParameter.Whole => "int",
        TemplateParameter.Number => "float64",
        TemplateParameter.Samples => "template.queryResult",
        TemplateParameter.Sample => "*template.sample",
        TemplateParameter.Duration => "time.Duration",
        _ => "interface {}",
    };

    /// <summary>The argument as the parameter wants it; false where it is something else.</summary>
    public static bool Fits(TemplateParameter parameter, object? value, out object? fitting)
    {
        fitting = value;
        switch (parameter)
        {
            case TemplateParameter.Any:
                return true;
            case TemplateParameter.Text:
                return value is string;
            case TemplateParameter.Whole:
                return value is long;
            case TemplateParameter.Number:
                fitting = value is long whole ? (double)whole : value;
                return value is double or long;
            case TemplateParameter.Samples:
                return value is IReadOnlyList<TemplateSample>;
            case TemplateParameter.Sample:
                return value is TemplateSample;
            default:
                return value is GoDuration;
        }
    }
}
