using System.Diagnostics.Metrics;

namespace Pleiad.Actors;

/// <summary>Counters of remote write, on the meter <c>Pleiad.Actors</c>, each by destination.</summary>
internal static class RemoteWriteMetrics
{
    private static readonly Meter Meter = new(ActorsMetrics.MeterName);

    public static readonly Counter<long> SamplesSent =
        Meter.CreateCounter<long>("pleiad_remote_write_samples_sent", description: "Samples, histograms and exemplars that the destination took.");

    public static readonly Counter<long> SamplesRefused =
        Meter.CreateCounter<long>("pleiad_remote_write_samples_refused", description: "Samples in requests that the destination will never take.");

    public static readonly Counter<long> SamplesTooOld =
        Meter.CreateCounter<long>("pleiad_remote_write_samples_too_old", description: "Samples that were not sent because they had waited longer than sample_age_limit.");

    public static readonly Counter<long> RequestsRetried =
        Meter.CreateCounter<long>("pleiad_remote_write_requests_retried", description: "Requests that failed and were sent again.");

    public static readonly Gauge<double> Behind =
        Meter.CreateGauge<double>("pleiad_remote_write_behind_seconds", description: "Age of the oldest sample that the destination does not have.");
}
