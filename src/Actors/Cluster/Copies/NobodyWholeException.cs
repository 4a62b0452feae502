namespace Pleiad.Actors;

/// <summary>Whoever leads a shard and all its other copies that live say that they lack samples of it: no better files are to be had than those that are here.</summary>
/// <param name="message">What they said.</param>
internal sealed class NobodyWholeException(string message) : IOException(message);
