using System.Text;

namespace Pleiad.PromQL;

/// <summary>A plan as an indented text, one node a line.</summary>
internal static class Explain
{
    public static string Of(PlanNode plan)
    {
        var text = new StringBuilder();
        Append(text, plan, 0);
        return text.ToString();
    }

    /// <summary>A plan with what its nodes have cost.</summary>
    /// <param name="figures">Null where it did not run.</param>
    public static ExplainedNode Report(PlanNode plan, PlanFigures? figures) => new(
        plan.Describe(),
        plan.Steps.ToString(),
        figures?.CostOf(plan),
        figures?.ShardsOf(plan) ?? [],
        [.. plan.Inputs.Select(input => Report(input, figures))]);

    private static void Append(StringBuilder text, PlanNode node, int depth)
    {
        text.Append(' ', 2 * depth).Append(node.Describe());
        if (node is not (ConstantNode or TextNode))
        {
            text.Append("  [").Append(node.Steps).Append(']');
        }

        text.Append('\n');
        foreach (PlanNode input in node.Inputs)
        {
            Append(text, input, depth + 1);
        }
    }
}
