using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>One position of a series in a script: nothing, a number or a native histogram.</summary>
/// <param name="Omitted"><c>_</c>: no sample here.</param>
/// <param name="Number">The number where it is one; may be the stale marker.</param>
/// <param name="Histogram">The histogram where it is one.</param>
/// <param name="HintWritten">Whether the histogram says its counter reset hint; else a comparison ignores it.</param>
public readonly record struct ScriptValue(bool Omitted, double Number, NativeHistogram? Histogram, bool HintWritten)
{
    /// <summary>No sample.</summary>
    public static readonly ScriptValue None = new(true, 0, null, false);

    /// <summary>A number.</summary>
    public static ScriptValue Of(double number) => new(false, number, null, false);
}

/// <summary>A series in a script: its labels and its values, one a step.</summary>
public sealed record ScriptSeries(Labels Labels, IReadOnlyList<ScriptValue> Values);
