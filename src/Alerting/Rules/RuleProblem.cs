using System.Globalization;

namespace Pleiad.Alerting;

/// <summary>Something wrong with a rule file.</summary>
/// <param name="File">As it was named.</param>
/// <param name="Line">From 1; 0 where no line is to blame.</param>
/// <param name="Column">From 1; 0 where no column is to blame.</param>
/// <param name="Also">A second place, <c>6:16</c>; null where there is none.</param>
/// <param name="Text">What is wrong, in Prometheus's words where it has some.</param>
public sealed record RuleProblem(string File, int Line, int Column, string? Also, string Text)
{
    /// <summary><c>file: line:column: what</c>, as promtool prints it.</summary>
    public override string ToString()
    {
        string place = Column > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: ") : string.Empty;
        return $"{File}: {place}{(Also is null ? string.Empty : Also + ": ")}{Text}";
    }
}
