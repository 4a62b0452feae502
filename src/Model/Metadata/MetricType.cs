namespace Pleiad.Model;

/// <summary>The types of metric families in the exposition formats.</summary>
public enum MetricType
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>Only goes up.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Buckets of a counter.</summary>
    Histogram,

    /// <summary>Buckets of a gauge.</summary>
    GaugeHistogram,

    /// <summary>Quantiles computed by the client.</summary>
    Summary,

    /// <summary>Always 1; labels carry the facts.</summary>
    Info,

    /// <summary>States as 0 and 1.</summary>
    StateSet,
}

/// <summary>Names of metric types as the formats and the API write them.</summary>
public static class MetricTypeNames
{
    /// <summary>The lower-case name: <c>counter</c>, <c>gaugehistogram</c>, <c>unknown</c>.</summary>
    public static string NameOf(this MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Histogram => "histogram",
        MetricType.GaugeHistogram => "gaugehistogram",
        MetricType.Summary => "summary",
        MetricType.Info => "info",
        MetricType.StateSet => "stateset",
        _ => "unknown",
    };
}
