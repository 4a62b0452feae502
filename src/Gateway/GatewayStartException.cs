namespace Pleiad.Gateway;

/// <summary>Why the gateway cannot start, in words for the operator.</summary>
public sealed class GatewayStartException(string message, Exception? inner = null) : Exception(message, inner);
