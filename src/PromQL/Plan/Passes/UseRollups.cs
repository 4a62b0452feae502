using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// A pass: lets selectors read rollups where their function can be answered from them, of the coarsest resolution that step and range
/// allow. docs/decisions/0013.
/// </summary>
internal static class UseRollups
{
    // A window that is no whole number of buckets is answered by one that ends up to a bucket earlier: it must not differ by much of its length.
    private const int BucketsMin = 4;

    /// <summary>The plan with what it may read.</summary>
    public static PlanNode Run(PlanNode plan, RollupUse use, PromQLFeatures features) => plan.Rewrite(node => node switch
    {
        RangeCallNode { Range: RangeSelectNode { Window.Mode: WindowMode.Plain } select } call
            when RollupFunctions.ColumnsOf(call.Name) is int columns && !NeedsStartTimes(call.Name, features) =>
            Choose(select.Window, select.Steps, use, columns) is { } rollup ? call with { Range = select with { Rollup = rollup } } : call,
        InstantSelectNode { Window.Mode: WindowMode.Plain } select when RollupFunctions.ColumnsOf(RollupFunctions.InstantOf(select.Facet)) is int columns =>
            Choose(select.Window, select.Steps, use, columns) is { } rollup ? select with { Rollup = rollup } : select,
        _ => node,
    });

    private static bool NeedsStartTimes(string function, PromQLFeatures features) =>
        features.HasFlag(PromQLFeatures.StartTimestamps) && function is "rate" or "increase" or "resets";

    private static RollupSelect? Choose(SelectorWindow window, Steps steps, RollupUse use, int columns)
    {
        long oldest = window.ReadsOver(steps).After;

        // Where nothing reaches back so far, what reaches furthest says most.
        long reach = use.Choices.Count == 0 ? 0 : use.Choices.Min(static choice => choice.KeptFromMs);
        RollupChoice[] choices = [.. use.Choices
            .Where(choice => choice.KeptFromMs <= Math.Max(oldest, reach))
            .OrderByDescending(static choice => choice.ResolutionMs)];
        foreach (RollupChoice choice in choices)
        {
            if (IsRight(window, steps, choice.ResolutionMs))
            {
                return new RollupSelect(choice.ResolutionMs, use.Prefers, columns);
            }
        }

        // Samples that are gone cannot be had any better: the finest that the range holds.
        return !use.Prefers && choices.LastOrDefault(choice => window.RangeMs == 0 || choice.ResolutionMs <= window.RangeMs) is { ResolutionMs: > 0 } finest
            ? new RollupSelect(finest.ResolutionMs, use.Prefers, columns)
            : null;
    }

    private static bool IsRight(SelectorWindow window, Steps steps, long resolutionMs)
    {
        bool isAligned = window.EndAt(steps.Start) % resolutionMs == 0 && (steps.Count == 1 || steps.StepMs % resolutionMs == 0)
            && window.RangeMs % resolutionMs == 0;
        if (steps.Count > 1 && window.AtMs is null && steps.StepMs < resolutionMs)
        {
            return false;
        }

        return window.RangeMs == 0
            ? isAligned || resolutionMs <= window.LookbackMs
            : window.RangeMs >= resolutionMs && (isAligned || window.RangeMs >= BucketsMin * resolutionMs);
    }
}
