namespace Pleiad.Node;

/// <summary>The cluster's configuration is there and cannot be used by this node; the message says why.</summary>
internal sealed class UnusableConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
