namespace Pleiad.Model;

/// <summary>What a target says of a metric family.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Help">Help text, unescaped; may be empty.</param>
/// <param name="Unit">Unit; may be empty.</param>
public readonly record struct MetricMetadata(MetricType Type, string Help, string Unit);
