namespace Pleiad.Kernel;

/// <summary>A message and who sent it.</summary>
internal readonly record struct Envelope(object Message, ActorRef? Sender);
