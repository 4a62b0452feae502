namespace Pleiad.PromQL;

/// <summary>What an expression evaluates to.</summary>
public enum ExprType
{
    /// <summary>Nothing a query may return.</summary>
    None,

    /// <summary>One number a step.</summary>
    Scalar,

    /// <summary>A string literal.</summary>
    String,

    /// <summary>A value for each of many series.</summary>
    Vector,

    /// <summary>A range of samples for each of many series.</summary>
    Matrix,
}
