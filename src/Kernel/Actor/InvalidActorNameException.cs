namespace Pleiad.Kernel;

/// <summary>A name that no actor may have, or that a sibling has already.</summary>
public sealed class InvalidActorNameException(string name, string reason) : Exception($"actor name '{name}': {reason}")
{
    /// <summary>The refused name.</summary>
    public string ActorName { get; } = name;
}
