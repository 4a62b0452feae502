namespace Pleiad.Alerting;

/// <summary>Names of the series and labels that say how alerts stand.</summary>
public static class AlertSeries
{
    /// <summary>1 while an alert is pending or firing.</summary>
    public const string Alerts = "ALERTS";

    /// <summary>Since when an alert is active, in seconds since epoch; what a restart goes on from.</summary>
    public const string Since = "ALERTS_FOR_STATE";

    /// <summary>The label with the alert's name.</summary>
    public const string Name = "alertname";

    /// <summary>The label with the alert's state.</summary>
    public const string State = "alertstate";

    /// <summary>A state as the label and the API write it.</summary>
    public static string TextOf(AlertState state) => state switch
    {
        AlertState.Firing => "firing",
        AlertState.Pending => "pending",
        _ => "inactive",
    };
}
