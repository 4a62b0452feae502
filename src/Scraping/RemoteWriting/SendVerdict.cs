namespace Pleiad.Scraping;

/// <summary>How a request ended.</summary>
public enum SendVerdict
{
    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>It may be delivered another time: no connection, a timeout, a status of 500 and above.</summary>
    TryAgain,

    /// <summary>The receiver will never take it.</summary>
    Refused,
}

/// <summary>How a request ended, and why.</summary>
/// <param name="Verdict">What to do with the samples.</param>
/// <param name="Reason">For people; empty where it was delivered.</param>
/// <param name="After">How long the receiver wants to be left alone; null where it does not say.</param>
public sealed record SendOutcome(SendVerdict Verdict, string Reason, TimeSpan? After);
