using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>Where an alert stands.</summary>
public enum AlertState
{
    /// <summary>It was firing and is over.</summary>
    Inactive,

    /// <summary>Its series is there, but not yet for long enough.</summary>
    Pending,

    /// <summary>It fires.</summary>
    Firing,
}

/// <summary>One alert of a rule.</summary>
/// <param name="Labels">What it is known by; <c>alertname</c> is among them.</param>
/// <param name="State">Where it stands.</param>
/// <param name="ActiveAt">When its series was first there.</param>
public sealed record Alert(Labels Labels, AlertState State, Timestamp ActiveAt)
{
    /// <summary>Annotations as they came out at the last evaluation that had its series, in order of names; empty ones are among them.</summary>
    public IReadOnlyList<Label> Annotations { get; init; } = [];

    /// <summary>The value of its series at that time; 0 where it is a histogram.</summary>
    public double Value { get; init; }

    /// <summary>When it began to fire.</summary>
    public Timestamp? FiredAt { get; init; }

    /// <summary>When it was over.</summary>
    public Timestamp? ResolvedAt { get; init; }

    /// <summary>Since when it fires only because the rule keeps it firing.</summary>
    public Timestamp? KeepFiringSince { get; init; }
}
