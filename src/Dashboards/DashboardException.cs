namespace Pleiad.Dashboards;

/// <summary>Why something is refused.</summary>
public enum DashboardFault
{
    /// <summary>It is not JSON, or not the JSON of a dashboard.</summary>
    Invalid,

    /// <summary>It is larger than a limit allows.</summary>
    TooLarge,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>Somebody else changed it in the meantime.</summary>
    Conflict,

    /// <summary>Its name is taken.</summary>
    Exists,

    /// <summary>It belongs to files on disk and is changed there.</summary>
    Provisioned,
}

/// <summary>A dashboard or a request about one that is refused; the message is for whoever sent it.</summary>
public sealed class DashboardException(DashboardFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public DashboardFault Fault { get; } = fault;
}
