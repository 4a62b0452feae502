using System.Text;

namespace Pleiad.Kernel;

/// <summary>
/// A placement plan as a document: UTF-8, first line <c>pleiad placement 1</c>, then a line for each shard with the names of its holders, the leader first,
/// separated by tabs; an empty line for a shard that nobody holds.
/// </summary>
public static class PlacementPlanText
{
    private const string FirstLine = "pleiad placement 1";

    /// <summary>Writes a plan.</summary>
    public static ReadOnlyMemory<byte> Write(PlacementPlan plan)
    {
        var text = new StringBuilder(FirstLine).Append('\n');
        foreach (ShardReplicas shard in plan.Shards)
        {
            text.AppendJoin('\t', shard.All).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none, or of a later version.</exception>
    public static PlacementPlan Read(ReadOnlyMemory<byte> document)
    {
        string[] lines = Encoding.UTF8.GetString(document.Span).Split('\n');
        if (lines[0] != FirstLine || lines[^1].Length > 0)
        {
            throw new FormatException($"the placement plan begins with \"{lines[0]}\"; this program reads \"{FirstLine}\"");
        }

        return new PlacementPlan([.. lines[1..^1].Select(static line => line.Split('\t')).Select(static names =>
            names[0].Length == 0 ? ShardReplicas.None : new ShardReplicas(names[0], [.. names[1..]]))]);
    }
}
