namespace Pleiad.Node;

/// <summary>A file that cannot be imported; the message says which, where and why.</summary>
internal sealed class BackfillException(string message, Exception? cause = null) : Exception(message, cause);
