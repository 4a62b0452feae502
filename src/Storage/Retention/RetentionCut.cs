using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Up to when the samples of each series are gone, as it stands at one moment. Never changes.</summary>
public sealed class RetentionCut
{
    /// <summary>Nothing is gone.</summary>
    public static readonly RetentionCut None = new(long.MinValue, []);

    private readonly long _usual;
    private readonly (IReadOnlyList<Matcher> Matchers, long Before)[] _rules;
    private readonly long[] _steps;

    internal RetentionCut(long usual, (IReadOnlyList<Matcher> Matchers, long Before)[] rules)
    {
        _usual = usual;

        // The one that keeps longest first: the first that holds is the answer.
        _rules = [.. rules.OrderBy(static rule => rule.Before)];
        _steps = [.. rules.Select(static rule => rule.Before).Append(usual).Where(static before => before != long.MinValue).Distinct().Order()];
        Floor = rules.Select(static rule => rule.Before).Append(usual).Min();
        Ceiling = rules.Select(static rule => rule.Before).Append(usual).Max();
    }

    /// <summary>Samples before this time are gone, whosever they are; <see cref="long.MinValue"/>: there is no such time.</summary>
    public long Floor { get; }

    /// <summary>Samples from this time on are all there.</summary>
    public long Ceiling { get; }

    /// <summary>Of a series the samples before this time are gone.</summary>
    public long Of(Labels labels)
    {
        foreach ((IReadOnlyList<Matcher> matchers, long before) in _rules)
        {
            if (Holds(matchers, labels))
            {
                return before;
            }
        }

        return _usual;
    }

    /// <summary>The same, with no limit earlier than it was before: what was gone once does not come back. A rule that was not there before is taken as it is.</summary>
    public RetentionCut NotBefore(RetentionCut earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new RetentionCut(
            Math.Max(_usual, earlier._usual),
            [.. _rules.Select(rule => (rule.Matchers, Math.Max(rule.Before, earlier.LimitOf(rule.Matchers))))]);
    }

    /// <summary>Whether samples of a range are gone for some series and not for others.</summary>
    public bool Divides(TimeRange range) => Floor != Ceiling && range.After < Ceiling - 1;

    /// <summary>What is left of a range for a series.</summary>
    public TimeRange Clip(TimeRange range, Labels labels)
    {
        long before = Of(labels);
        return before != long.MinValue && range.After < before - 1 ? range with { After = before - 1 } : range;
    }

    /// <summary>
    /// How many of the times that there are lie behind a block: while that number stays the same, no series of the block has expired whole since.
    /// </summary>
    /// <param name="newestTime">The newest sample of the block.</param>
    public int StepsBehind(long newestTime) => _steps.Count(before => before > newestTime);

    private long LimitOf(IReadOnlyList<Matcher> matchers)
    {
        foreach ((IReadOnlyList<Matcher> known, long before) in _rules)
        {
            if (ReferenceEquals(known, matchers))
            {
                return before;
            }
        }

        return long.MinValue;
    }

    private static bool Holds(IReadOnlyList<Matcher> matchers, Labels labels)
    {
        foreach (Matcher matcher in matchers)
        {
            if (!matcher.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }
}
