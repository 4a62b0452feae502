namespace Pleiad.PromQL;

/// <summary>Name, arguments and result of a function.</summary>
/// <param name="Name">As written in a query.</param>
/// <param name="Parameters">Types in order.</param>
/// <param name="OptionalCount">How many of the last parameters may be left out.</param>
/// <param name="Variadic">Whether the last parameter may be repeated.</param>
/// <param name="Result">What it gives.</param>
/// <param name="Experimental">Needs the feature promql-experimental-functions.</param>
public sealed record FunctionSignature(
    string Name, IReadOnlyList<ExprType> Parameters, int OptionalCount, bool Variadic, ExprType Result, bool Experimental);
