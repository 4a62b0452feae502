namespace Pleiad.Exposition;

/// <summary>The messages of remote write.</summary>
public enum RemoteWriteVersion
{
    /// <summary><c>prometheus.WriteRequest</c>.</summary>
    First,

    /// <summary><c>io.prometheus.write.v2.Request</c>: texts once a request, start timestamps, metadata beside its series.</summary>
    Second,
}
