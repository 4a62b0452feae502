using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>A family of metrics on a page, as far as linting asks.</summary>
/// <param name="name">Of the family, without <c>_bucket</c> and kin.</param>
internal sealed class MetricFamily(string name)
{
    public string Name { get; } = name;

    /// <summary>What its TYPE line says; <see cref="MetricType.Unknown"/> without one.</summary>
    public MetricType Type { get; set; } = MetricType.Unknown;

    /// <summary>Whether there was a TYPE line.</summary>
    public bool HasType { get; set; }

    /// <summary>What its HELP line says; null without one.</summary>
    public string? Help { get; set; }

    /// <summary>Its metrics in the order of the page: labels, empty ones included, without the name and those that tell buckets and quantiles apart.</summary>
    public List<Label[]> Metrics { get; } = [];

    /// <summary>Buckets or quantiles of the first metric.</summary>
    public int PartsOfFirst { get; set; }

    /// <summary>Series of the family, if all its metrics have as many parts as the first.</summary>
    public int Cardinality => Type is MetricType.Histogram or MetricType.Summary ? Metrics.Count * (2 + PartsOfFirst) : Metrics.Count;
}
