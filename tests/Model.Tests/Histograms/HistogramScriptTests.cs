using System.Text.RegularExpressions;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Model.Tests;

/// <summary>The evals of Prometheus's own scripts that are one function of one histogram, without an engine between.</summary>
public sealed partial class HistogramScriptTests
{
    private const int EvalsAtLeast = 150;

    [SkippableFact]
    public void Functions_of_one_histogram_give_what_the_scripts_expect()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        var wrong = new List<string>();
        int checkedEvals = 0;
        foreach (string file in new[] { "promql/testdata/native_histograms.test", "promql/testdata/histograms.test" })
        {
            var loaded = new Dictionary<(string Name, string Labels), NativeHistogram>();
            string[] lines = [.. File.ReadAllLines(ConformanceData.PathOf(file)).Select(l => l.Trim())];
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i] == "clear")
                {
                    loaded.Clear();
                }
                else if (Loaded().Match(lines[i]) is { Success: true } load)
                {
                    loaded[(load.Groups[1].Value, load.Groups[2].Value)] = HistogramText.Parse(load.Groups[3].Value);
                }
                else if (lines[i].StartsWith("eval instant", StringComparison.Ordinal))
                {
                    string eval = lines[i];
                    while (i + 1 < lines.Length && lines[i + 1].Length > 0)
                    {
                        Match expected = Expected().Match(lines[++i]);
                        if (expected.Success && Evaluate(eval, expected, loaded) is { } right)
                        {
                            checkedEvals++;
                            if (right != string.Empty)
                            {
                                wrong.Add($"{eval}\n   {lines[i]}\n   got {right}");
                            }
                        }
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {checkedEvals}\n{string.Join('\n', wrong)}");
        Assert.True(checkedEvals >= EvalsAtLeast, $"only {checkedEvals} evals were understood");
    }

    // Null where the eval is not of a kind we do here; empty where it is right; else what came instead.
    private static string? Evaluate(string eval, Match expected, Dictionary<(string Name, string Labels), NativeHistogram> loaded)
    {
        if (Call().Match(eval) is { Success: true } call)
        {
            if (Find(call.Groups["name"].Value, call.Groups["labels"].Value, expected, loaded) is not { } histogram)
            {
                return null;
            }

            double[] arguments = [.. call.Groups["arguments"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(HistogramText.ToDouble)];
            double? value = call.Groups["function"].Value switch
            {
                "quantile" => HistogramStatistics.Quantile(arguments[0], histogram, out _),
                "fraction" => HistogramStatistics.Fraction(arguments[0], arguments[1], histogram),
                "stddev" => HistogramStatistics.Deviation(histogram),
                "stdvar" => HistogramStatistics.Variance(histogram),
                "avg" => HistogramStatistics.Mean(histogram),
                _ => null,
            };
            if (value is not { } got || expected.Groups["value"].Value.StartsWith('{'))
            {
                return null;
            }

            return Near(HistogramText.ToDouble(expected.Groups["value"].Value), got) ? string.Empty : got.ToString("R");
        }

        if (Cut().Match(eval) is { Success: true } cut)
        {
            if (Find(cut.Groups["name"].Value, string.Empty, expected, loaded) is not { } histogram)
            {
                return null;
            }

            double at = HistogramText.ToDouble(cut.Groups["at"].Value);
            NativeHistogram got = cut.Groups["operator"].Value == "</" ? HistogramTrim.KeepBelow(histogram, at) : HistogramTrim.KeepAbove(histogram, at);
            return HistogramText.Parse(expected.Groups["value"].Value).NearlyEquals(got) ? string.Empty : $"{got} schema {got.Schema} w {got.ZeroThreshold}";
        }

        return null;
    }

    private static NativeHistogram? Find(string name, string selector, Match expected, Dictionary<(string Name, string Labels), NativeHistogram> loaded)
    {
        string labels = expected.Groups["labels"].Value;
        return loaded.TryGetValue((name, labels), out NativeHistogram? found) && (selector.Length == 0 || selector == labels) ? found : null;
    }

    private static bool Near(double left, double right) =>
        left.Equals(right) || Math.Abs(left - right) / (Math.Abs(left) + Math.Abs(right)) < 1e-6;

    [GeneratedRegex(@"^(\w+)(?:\{(.*?)\})?\s+\{\{([^{}]*)\}\}(?:x\d+)?$")]
    private static partial Regex Loaded();

    [GeneratedRegex(@"^(?<metric>\w*)(?:\{(?<labels>[^{}]*)\})?\s+(?:\{(?<value>\{.*\})\}|(?<value>[-+]?(?:[0-9.][-+.\w]*|Inf|inf|NaN)))$")]
    private static partial Regex Expected();

    [GeneratedRegex(@" histogram_(?<function>\w+)\((?<arguments>(?:[-+.\w]+, ?)*)(?<name>\w+)(?:\{(?<labels>.*?)\})?\)$")]
    private static partial Regex Call();

    [GeneratedRegex(@" (?<name>\w+) (?<operator></|>/) (?<at>[-+.\w]+)$")]
    private static partial Regex Cut();
}
