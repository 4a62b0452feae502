namespace Pleiad.Scraping;

/// <summary>Units in names of metrics.</summary>
/// <remarks>Prometheus documentation, "Metric and label naming", "Base units".</remarks>
internal static class MetricUnits
{
    private static readonly Dictionary<string, string> BaseOf = new(StringComparer.Ordinal)
    {
        ["amperes"] = "amperes",
        ["bytes"] = "bytes",
        ["celsius"] = "celsius",
        ["grams"] = "grams",
        ["joules"] = "joules",
        ["kelvin"] = "kelvin",
        ["meters"] = "meters",
        ["metres"] = "metres",
        ["seconds"] = "seconds",
        ["volts"] = "volts",
        ["minutes"] = "seconds",
        ["hours"] = "seconds",
        ["days"] = "seconds",
        ["weeks"] = "seconds",
        ["kelvins"] = "kelvin",
        ["fahrenheit"] = "celsius",
        ["rankine"] = "celsius",
        ["inches"] = "meters",
        ["yards"] = "meters",
        ["miles"] = "meters",
        ["bits"] = "bytes",
        ["calories"] = "joules",
        ["pounds"] = "grams",
        ["ounces"] = "grams",
    };

    private static readonly string[] Prefixes =
    [
        "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega", "mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
    ];

    private static readonly HashSet<string> Abbreviations =
        new(StringComparer.Ordinal) { "s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d" };

    /// <summary>The first unit in a name that is no base unit, and the base unit to use instead; null where there is none.</summary>
    public static (string Unit, string Base)? NotBase(string name)
    {
        foreach (string word in name.Split('_'))
        {
            foreach (string prefix in Prefixes.Prepend(string.Empty))
            {
                if (word.StartsWith(prefix, StringComparison.Ordinal) && BaseOf.TryGetValue(word[prefix.Length..], out string? unit))
                {
                    return word == unit ? null : (word, unit);
                }
            }
        }

        return null;
    }

    /// <summary>Whether a name has an abbreviated unit behind its first word.</summary>
    public static bool HasAbbreviation(string name) => name.ToLowerInvariant().Split('_').Skip(1).Any(Abbreviations.Contains);
}
