namespace Pleiad.Actors;

/// <summary>Looks at the memory of the process.</summary>
public interface IMemoryGauge
{
    /// <summary>Bytes the process may use.</summary>
    long LimitBytes { get; }

    /// <summary>Bytes it uses and that cannot be had back by forgetting pages of files.</summary>
    long UsedBytes();

    /// <summary>Collects garbage and gives back what is free; returns when that is done.</summary>
    void Collect();
}
