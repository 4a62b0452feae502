using System.Text;

namespace Pleiad.Model;

/// <summary>Which code points are the same letter when case does not matter: simple case folding, one code point to one.</summary>
/// <remarks>
/// As Go's unicode.SimpleFold: k, K and the Kelvin sign are one letter; the dotted and dotless i of Turkish fold to nothing else
/// (status T of the Unicode CaseFolding.txt is left out).
/// </remarks>
internal static class RuneFolding
{
    private const int DottedCapitalI = 0x130;
    private const int DotlessSmallI = 0x131;
    private const int LongS = 0x17F;

    // No cased letter lies above (the last ones are Adlam's, U+1E900..U+1E943).
    private const int CasedMax = 0x1FFFF;

    private static readonly Lazy<Orbits> s_orbits = new(Orbits.Find);

    /// <summary>The set together with every other case of its members.</summary>
    public static RuneSet Close(RuneSet set)
    {
        Orbits orbits = s_orbits.Value;
        var closed = new RuneSetBuilder().Add(set);
        ReadOnlySpan<int> ends = set.Ends;
        for (int i = 0; i < ends.Length; i += 2)
        {
            int at = orbits.Runes.AsSpan().BinarySearch(ends[i]);
            for (at = at < 0 ? ~at : at; at < orbits.Runes.Length && orbits.Runes[at] <= ends[i + 1]; at++)
            {
                foreach (int other in orbits.Members[at])
                {
                    closed.Add(other, other);
                }
            }
        }

        return closed.ToSet();
    }

    // .NET maps no letter outside ASCII into it, which holds the long s away from s.
    private static int KeyOf(int rune) => rune == LongS ? 's' : Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(rune))).Value;

    // Runes with more than one case, sorted, and for each all cases of it.
    private sealed record Orbits(int[] Runes, int[][] Members)
    {
        public static Orbits Find()
        {
            var byKey = new Dictionary<int, List<int>>();
            for (int rune = 0; rune <= CasedMax; rune++)
            {
                if (!Rune.IsValid(rune) || rune is DottedCapitalI or DotlessSmallI)
                {
                    continue;
                }

                int key = KeyOf(rune);
                if (key != rune)
                {
                    if (!byKey.TryGetValue(key, out List<int>? members))
                    {
                        byKey[key] = members = [key];
                    }

                    members.Add(rune);
                }
            }

            var orbits = new SortedDictionary<int, int[]>();
            foreach (List<int> members in byKey.Values)
            {
                int[] all = [.. members];
                foreach (int member in all)
                {
                    orbits[member] = all;
                }
            }

            return new Orbits([.. orbits.Keys], [.. orbits.Values]);
        }
    }
}
