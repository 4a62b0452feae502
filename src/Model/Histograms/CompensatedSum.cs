namespace Pleiad.Model;

/// <summary>A sum that keeps what rounding took away.</summary>
/// <param name="Value">The sum as rounded.</param>
/// <param name="Rest">What is missing in it.</param>
/// <remarks>Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54, 1974; the improved Kahan summation.</remarks>
public readonly record struct CompensatedSum(double Value, double Rest = 0)
{
    /// <summary>The sum with the rest put back.</summary>
    public double Total => double.IsInfinity(Value) ? Value : Value + Rest;

    /// <summary>One more summand.</summary>
    public CompensatedSum Plus(double summand)
    {
        double sum = Value + summand;
        if (double.IsInfinity(sum))
        {
            return new CompensatedSum(sum);
        }

        double lost = Math.Abs(Value) >= Math.Abs(summand) ? (Value - sum) + summand : (summand - sum) + Value;
        return new CompensatedSum(sum, Rest + lost);
    }

    /// <summary>Another sum added.</summary>
    public CompensatedSum Plus(CompensatedSum other)
    {
        CompensatedSum sum = Plus(other.Value);
        return double.IsInfinity(sum.Value) ? sum : sum with { Rest = sum.Rest + other.Rest };
    }

    /// <summary>The sum divided.</summary>
    public CompensatedSum DividedBy(double divisor) => new(Value / divisor, Rest / divisor);

    /// <summary>The sum times a factor.</summary>
    public CompensatedSum Times(double factor) => new(Value * factor, Rest * factor);
}
