namespace Pleiad.PromQL;

/// <summary>Arithmetic over constants is done once, in the plan.</summary>
internal static class FoldConstants
{
    public static PlanNode Run(PlanNode plan) => plan.Rewrite(Fold);

    private static PlanNode Fold(PlanNode node)
    {
        switch (node)
        {
            case NegateNode { Inner: ConstantNode inner }:
                return new ConstantNode(-inner.Value, node.Steps, node.Span);
            case StepInvariantNode { Inner: ConstantNode inner }:
                return new ConstantNode(inner.Value, node.Steps, node.Span);
            case BinaryNode { Left: ConstantNode left, Right: ConstantNode right, Type: ExprType.Scalar } binary:
                Span<double> into = [0];
                ScalarArithmetic.Apply(binary.Op, [left.Value], [right.Value], into);
                return new ConstantNode(into[0], node.Steps, node.Span);
            default:
                return node;
        }
    }
}
