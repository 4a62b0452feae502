namespace Pleiad.Actors;

/// <summary>What a node gives up as memory becomes short; each step includes those before it.</summary>
public enum MemoryStep
{
    /// <summary>There is enough.</summary>
    Calm,

    /// <summary>Caches are made smaller, and what is garbage is collected.</summary>
    CachesShrink,

    /// <summary>Queries that hold many samples are refused, and so is what reads whole shards.</summary>
    QueriesRefused,

    /// <summary>Series that are not there yet are refused; those that are there go on.</summary>
    SeriesRefused,

    /// <summary>What clients write is answered 429; scraping goes on.</summary>
    WritesRefused,
}
