using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>The answer to a rule's query as samples.</summary>
internal static class RuleVector
{
    /// <summary>What is said of an answer that is neither a vector nor a scalar.</summary>
    public const string NoVector = "rule result is not a vector or scalar";

    /// <summary>The samples; a scalar is one without labels. Null where the answer is something else.</summary>
    public static IReadOnlyList<VectorSample>? Of(QueryValue answer) => answer switch
    {
        VectorValue vector => vector.Samples,
        ScalarValue scalar => [new VectorSample(Labels.Empty, scalar.At, scalar.Value, null)],
        _ => null,
    };
}
