using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Targets that were found together, with the labels they share.</summary>
/// <param name="Source">Names the group within its discovery: a group with the same source replaces the old one.</param>
/// <param name="Targets">The labels of each, <see cref="LabelName.Address"/> among them.</param>
/// <param name="Labels">Shared; a target's own label wins.</param>
public sealed record TargetGroup(string Source, IReadOnlyList<Labels> Targets, Labels Labels)
{
    /// <summary>Targets one discovery may find; what comes beyond is refused, and the targets of before are kept.</summary>
    public const int TargetsMax = 200_000;

    internal static TargetGroup Of(string source, IReadOnlyList<string> addresses, Labels labels) =>
        new(source, [.. addresses.Select(address => Labels.From((LabelName.Address, address)))], labels);
}
