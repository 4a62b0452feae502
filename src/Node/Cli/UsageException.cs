namespace Pleiad.Node;

/// <summary>The command line, a configuration file or the surroundings (port, directory) are not as the node needs them; the message tells the user what to do.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
