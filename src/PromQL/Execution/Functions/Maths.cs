namespace Pleiad.PromQL;

/// <summary>Functions of one float, over columns.</summary>
internal static class Maths
{
    /// <summary>What happens to a column.</summary>
    public delegate void ColumnFunction(Span<double> column);

    /// <summary>The function of a name, or null.</summary>
    public static ColumnFunction? Find(string name) => name switch
    {
        "abs" => column => Each(column, Math.Abs),
        "ceil" => column => Each(column, Math.Ceiling),
        "floor" => column => Each(column, Math.Floor),
        "exp" => column => Each(column, Math.Exp),
        "ln" => column => Each(column, Math.Log),
        "log2" => column => Each(column, Math.Log2),
        "log10" => column => Each(column, Math.Log10),
        "sqrt" => column => Each(column, Math.Sqrt),
        "sgn" => column => Each(column, value => value > 0 ? 1 : value < 0 ? -1 : value),
        "acos" => column => Each(column, Math.Acos),
        "acosh" => column => Each(column, Math.Acosh),
        "asin" => column => Each(column, Math.Asin),
        "asinh" => column => Each(column, Math.Asinh),
        "atan" => column => Each(column, Math.Atan),
        "atanh" => column => Each(column, Math.Atanh),
        "cos" => column => Each(column, Math.Cos),
        "cosh" => column => Each(column, Math.Cosh),
        "sin" => column => Each(column, Math.Sin),
        "sinh" => column => Each(column, Math.Sinh),
        "tan" => column => Each(column, Math.Tan),
        "tanh" => column => Each(column, Math.Tanh),
        "deg" => column => Each(column, value => value * 180 / Math.PI),
        "rad" => column => Each(column, value => value * Math.PI / 180),
        "minute" => column => Each(column, value => Calendar(value, at => at.Minute)),
        "hour" => column => Each(column, value => Calendar(value, at => at.Hour)),
        "day_of_week" => column => Each(column, value => Calendar(value, at => at.DayOfWeek)),
        "day_of_month" => column => Each(column, value => Calendar(value, at => at.DayOfMonth)),
        "day_of_year" => column => Each(column, value => Calendar(value, at => at.DayOfYear)),
        "days_in_month" => column => Each(column, value => Calendar(value, at => at.DaysInMonth)),
        "month" => column => Each(column, value => Calendar(value, at => at.Month)),
        "year" => column => Each(column, value => Calendar(value, at => at.Year)),
        _ => null,
    };

    private static void Each(Span<double> column, Func<double, double> function)
    {
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = function(column[i]);
        }
    }

    // Whole seconds; what is no number of them has no date.
    private static double Calendar(double seconds, Func<CivilTime, double> part)
    {
        // Some days from the ends of what a long holds, so that days can be counted from elsewhere.
        const double secondsMax = 9.2e18;
        return Math.Abs(seconds) < secondsMax ? part(new CivilTime((long)seconds)) : double.NaN;
    }
}
