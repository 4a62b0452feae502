using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>What a new look at the groups changed.</summary>
/// <param name="Added">To be scraped from now on.</param>
/// <param name="Kept">Scraped on, under the same key; the labels they were discovered with may be new.</param>
/// <param name="Gone">Not scraped any more: their series end.</param>
public readonly record struct TargetSetChange(IReadOnlyList<Target> Added, IReadOnlyList<Target> Kept, IReadOnlyList<Target> Gone);

/// <summary>The targets of a pool. Immutable: a new look at the groups makes a new set.</summary>
public sealed class TargetSet
{
    /// <summary>Problems that are remembered; more of the same help nobody.</summary>
    public const int ProblemsMax = 100;

    /// <summary>No targets.</summary>
    public static readonly TargetSet Empty = new(new Dictionary<TargetKey, Target>(), [], 0, [], null);

    private readonly Dictionary<TargetKey, Target> _active;

    private TargetSet(Dictionary<TargetKey, Target> active, IReadOnlyList<Labels> dropped, int droppedCount, IReadOnlyList<string> problems, string? overLimit)
    {
        _active = active;
        Dropped = dropped;
        DroppedCount = droppedCount;
        Problems = problems;
        OverLimit = overLimit;
    }

    /// <summary>To be scraped, each key once.</summary>
    public IReadOnlyCollection<Target> Active => _active.Values;

    /// <summary>Labels of targets that relabelling dropped, as discovered; at most <c>keep_dropped_targets</c>.</summary>
    public IReadOnlyList<Labels> Dropped { get; }

    /// <summary>How many were dropped, kept in the list or not.</summary>
    public int DroppedCount { get; }

    /// <summary>Targets that are not valid, and why; at most <see cref="ProblemsMax"/>.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Set where there are more targets than the job may have: every scrape of it then fails with this error, without a request.</summary>
    public string? OverLimit { get; }

    /// <summary>The target of a key, if it is active.</summary>
    public bool TryGet(TargetKey key, out Target? target) => _active.TryGetValue(key, out target);

    /// <summary>The set that the groups make.</summary>
    /// <param name="config">The job.</param>
    /// <param name="limits">What holds for it (<see cref="ScrapeConfig.LimitsWith"/>).</param>
    /// <param name="groups">All groups of all its discoveries.</param>
    /// <param name="change">What is different from this set.</param>
    public TargetSet Next(ScrapeConfig config, ScrapeLimits limits, IEnumerable<TargetGroup> groups, out TargetSetChange change)
    {
        var builder = new TargetBuilder(config);
        var active = new Dictionary<TargetKey, Target>(_active.Count);
        var dropped = new List<Labels>();
        var problems = new List<string>();
        int droppedCount = 0;
        foreach (TargetGroup group in groups)
        {
            for (int i = 0; i < group.Targets.Count; i++)
            {
                TargetOutcome outcome = builder.Build(group.Targets[i], group.Labels);
                if (outcome.Target is { } target)
                {
                    active.TryAdd(target.Key, target);
                }
                else if (outcome.IsDropped)
                {
                    droppedCount++;
                    if (dropped.Count < limits.DroppedTargetsMax)
                    {
                        dropped.Add(outcome.DiscoveredLabels);
                    }
                }
                else if (problems.Count < ProblemsMax)
                {
                    problems.Add($"instance {i} in group {group.Source}: {outcome.Problem}");
                }
            }
        }

        change = ChangeTo(active);
        string? overLimit = active.Count > limits.TargetsMax
            ? $"target_limit exceeded (number of targets: {active.Count}, limit: {limits.TargetsMax})"
            : null;
        return new TargetSet(active, dropped, droppedCount, problems, overLimit);
    }

    private TargetSetChange ChangeTo(Dictionary<TargetKey, Target> next)
    {
        var added = new List<Target>();
        var kept = new List<Target>();
        foreach ((TargetKey key, Target target) in next)
        {
            (_active.ContainsKey(key) ? kept : added).Add(target);
        }

        return new TargetSetChange(added, kept, [.. _active.Where(one => !next.ContainsKey(one.Key)).Select(one => one.Value)]);
    }
}
