namespace Pleiad.Node;

/// <summary>What to say of a flag that nobody knows.</summary>
internal static class UnknownFlag
{
    // A slip of the hand or two; more is another word.
    private const int DistanceMax = 3;

    /// <summary>The first argument that looks like a flag, or null.</summary>
    public static string? FirstOf(IEnumerable<string> arguments) =>
        arguments.FirstOrDefault(static argument => argument.Length > 1 && argument[0] == '-' && argument != "--");

    /// <summary>The message, with the flag that was perhaps meant.</summary>
    /// <param name="argument">As given: <c>--name=value</c>.</param>
    public static string TextOf(string argument)
    {
        int equals = argument.IndexOf('=');
        string flag = equals < 0 ? argument : argument[..equals];
        string name = flag.TrimStart('-');
        (string Name, int Distance) nearest = FlagTable.All
            .Where(static known => !known.Hidden)
            .SelectMany(static known => known.Alias is null ? [known.Name] : new[] { known.Name, known.Alias })
            .Select(known => (known, Distance(name, known)))
            .MinBy(static candidate => candidate.Item2);
        string meant = nearest.Distance <= Math.Min(DistanceMax, name.Length / 2) ? $"; did you mean --{nearest.Name}?" : string.Empty;
        return $"unknown flag {flag}: neither Prometheus 3 nor Pleiad has it{meant}{(meant.Length == 0 ? "; --help lists those there are" : string.Empty)}";
    }

    // Levenshtein's, in one row.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
