namespace Pleiad.Model;

/// <summary>Which shards a selection has to ask: a pure function of its matchers and of the map.</summary>
/// <remarks>
/// A matcher prunes where it names every value of <c>instance</c> it takes: an equality, or a regex whose values can be listed. One that
/// takes the empty value prunes nothing, because series without the label lie anywhere.
/// </remarks>
public static class ShardPruning
{
    /// <summary>The shards that may hold series for which all matchers hold.</summary>
    /// <returns>Ascending, no shard twice; null where all have to be asked; empty where no shard can answer.</returns>
    public static IReadOnlyList<int>? ShardsFor(IReadOnlyList<Matcher> matchers, ShardMap map)
    {
        SortedSet<int>? shards = null;
        foreach (Matcher matcher in matchers)
        {
            if (matcher.Name != LabelName.Instance || ValuesOf(matcher) is not { } values)
            {
                continue;
            }

            IEnumerable<int> homes = values.Select(value => map.OfInstance(value).Value);
            if (shards is null)
            {
                shards = [.. homes];
            }
            else
            {
                shards.IntersectWith(homes);
            }
        }

        return shards is null ? null : [.. shards];
    }

    private static IReadOnlyList<string>? ValuesOf(Matcher matcher) =>
        matcher.MatchesEmpty ? null
        : matcher.Kind == MatchKind.Equal ? [matcher.Value]
        : matcher.Kind == MatchKind.Regex ? matcher.Regex!.LiteralSet
        : null;
}
