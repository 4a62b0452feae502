using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>How long the samples of some series are kept.</summary>
/// <param name="Matchers">Series that satisfy all of them.</param>
/// <param name="Keep">For so long; zero for ever.</param>
public sealed record RetentionRule(IReadOnlyList<Matcher> Matchers, TimeSpan Keep);

/// <summary>
/// How long samples are kept: a series that satisfies rules for the longest of their times, any other for the default. So a rule
/// shortens as well as lengthens, and no second rule takes away what a first one keeps.
/// </summary>
/// <param name="Default">Of series that satisfy no rule; zero for ever.</param>
/// <param name="Rules">In any order.</param>
public sealed record RetentionPolicy(TimeSpan Default, IReadOnlyList<RetentionRule> Rules)
{
    /// <summary>What is gone at a time.</summary>
    public RetentionCut At(long nowMs) => At(nowMs, nowMs);

    /// <summary>What is gone at a time, where the default is held back.</summary>
    /// <param name="nowMs">The time that rules go by.</param>
    /// <param name="defaultNowMs">The time that the default goes by: earlier where samples wait for their rollups.</param>
    public RetentionCut At(long nowMs, long defaultNowMs)
    {
        long usual = CutOf(Default, defaultNowMs);
        (IReadOnlyList<Matcher>, long)[] rules = [.. Rules.Select(rule => (rule.Matchers, CutOf(rule.Keep, nowMs)))];
        return new RetentionCut(usual, rules);
    }

    private static long CutOf(TimeSpan keep, long nowMs) => keep > TimeSpan.Zero ? nowMs - (long)keep.TotalMilliseconds : long.MinValue;
}
