namespace Pleiad.Kernel;

/// <summary>Highest random weight: each node has a score for each shard, and the best ones get it. A node that comes or goes changes nothing between the others.</summary>
/// <remarks>Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998; weights as in Schindelhauer and Schomaker, 2005.</remarks>
internal static class Rendezvous
{
    /// <summary>The score of a node for a shard; higher is better.</summary>
    /// <param name="node">Its name, so that a node that starts again has the scores it had.</param>
    /// <param name="weight">Above zero; the chance to be best is proportional to it.</param>
    /// <param name="shard">The shard.</param>
    public static double Score(string node, double weight, int shard) => Score(HashOf(node), weight, shard);

    /// <summary>The same of a name that was hashed before.</summary>
    public static double Score(ulong node, double weight, int shard)
    {
        ulong hash = Mixed(node ^ Mixed((ulong)shard + 1));
        double uniform = ((hash >> 11) + 0.5) * (1.0 / (1UL << 53));
        return -weight / Math.Log(uniform);
    }

    /// <summary>The hash of a node's name: FNV-1a over its characters.</summary>
    public static ulong HashOf(string node)
    {
        const ulong OffsetBasis = 14695981039346656037;
        const ulong Prime = 1099511628211;
        ulong hash = OffsetBasis;
        foreach (char c in node)
        {
            hash = (hash ^ c) * Prime;
        }

        return hash;
    }

    // The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    private static ulong Mixed(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
