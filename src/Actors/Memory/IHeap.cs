namespace Pleiad.Actors;

/// <summary>The managed heap of the process.</summary>
public interface IHeap
{
    /// <summary>Bytes that the heap holds of the system: what lives there, what is garbage, and the holes between.</summary>
    long CommittedBytes();

    /// <summary>Moves what lives there together and gives the rest back to the system. Everything stands still meanwhile.</summary>
    /// <returns>For how long.</returns>
    TimeSpan Compact();
}
