namespace Pleiad.Alerting;

/// <summary>A rule cannot make anything of the answer to its query; the message is Prometheus's.</summary>
internal sealed class RuleFailureException(string message) : Exception(message);
