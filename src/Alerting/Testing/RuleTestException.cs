namespace Pleiad.Alerting;

/// <summary>A file of unit tests that cannot be read.</summary>
internal sealed class RuleTestException(string message) : Exception(message);
