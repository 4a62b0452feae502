namespace Pleiad.Actors;

/// <summary>What an operator may ask of a node.</summary>
public interface INodeControl
{
    /// <summary>Reads the configuration again; running targets that did not change keep running.</summary>
    /// <returns>Null when it is in force now; else why the old one stays in force.</returns>
    Task<string?> ReloadAsync(CancellationToken cancel);

    /// <summary>Begins an orderly shutdown.</summary>
    void Quit();
}
