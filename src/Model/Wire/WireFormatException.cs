namespace Pleiad.Model;

/// <summary>What another node sent is no message of the kind it should be.</summary>
public sealed class WireFormatException(string message) : Exception(message);
