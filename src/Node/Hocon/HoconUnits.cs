using System.Globalization;
using System.Numerics;

namespace Pleiad.Node;

/// <summary>A length of calendar time.</summary>
internal readonly record struct HoconPeriod(int Years, int Months, int Days);

/// <summary>Numbers with units: durations, sizes, periods.</summary>
/// <remarks>HOCON specification, "Units format". A number without unit is milliseconds, bytes, or days.</remarks>
internal static class HoconUnits
{
    private const int TicksPerMicrosecond = 10;

    private static readonly Dictionary<string, decimal> s_ticks = Names(
        (0.01m, "ns nano nanos nanosecond nanoseconds"),
        (TicksPerMicrosecond, "us micro micros microsecond microseconds"),
        (TimeSpan.TicksPerMillisecond, "ms milli millis millisecond milliseconds"),
        (TimeSpan.TicksPerSecond, "s second seconds"),
        (TimeSpan.TicksPerMinute, "m minute minutes"),
        (TimeSpan.TicksPerHour, "h hour hours"),
        (TimeSpan.TicksPerDay, "d day days"));

    private static readonly Dictionary<string, BigInteger> s_bytes = Sizes();

    /// <summary>A duration, or null where the text is none or lies outside what a TimeSpan holds; below 100 ns is cut off.</summary>
    public static TimeSpan? Duration(string text)
    {
        (string number, string unit) = Split(text);
        if (!s_ticks.TryGetValue(unit.Length == 0 ? "ms" : unit, out decimal ticks)
            || !decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal count))
        {
            return null;
        }

        try
        {
            return new TimeSpan((long)decimal.Truncate(count * ticks));
        }
        catch (OverflowException)
        {
            // Longer than 29 000 years.
            return null;
        }
    }

    /// <summary>A size in bytes, or null.</summary>
    public static BigInteger? Size(string text)
    {
        (string number, string unit) = Split(text);
        if (!s_bytes.TryGetValue(unit.Length == 0 ? "B" : unit, out BigInteger bytes)
            || !decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal count)
            || count < 0)
        {
            return null;
        }

        // Scaled by hand: a yottabyte and its fractions have more digits than a decimal.
        decimal whole = decimal.Truncate(count);
        decimal rest = (count - whole) * 1_000_000_000_000m;
        return ((BigInteger)whole * bytes) + ((BigInteger)rest * bytes / 1_000_000_000_000);
    }

    /// <summary>A period, or null.</summary>
    public static HoconPeriod? Period(string text)
    {
        (string number, string unit) = Split(text);
        if (!int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count) || Math.Abs((long)count) > int.MaxValue / 7)
        {
            return null;
        }

        return unit switch
        {
            "" or "d" or "day" or "days" => new HoconPeriod(0, 0, count),
            "w" or "week" or "weeks" => new HoconPeriod(0, 0, 7 * count),
            "m" or "mo" or "month" or "months" => new HoconPeriod(0, count, 0),
            "y" or "year" or "years" => new HoconPeriod(count, 0, 0),
            _ => null,
        };
    }

    private static (string Number, string Unit) Split(string text)
    {
        string trimmed = text.Trim();
        int end = trimmed.Length;
        while (end > 0 && char.IsLetter(trimmed[end - 1]))
        {
            end--;
        }

        return (trimmed[..end].Trim(), trimmed[end..]);
    }

    private static Dictionary<string, decimal> Names(params (decimal Ticks, string Names)[] units) =>
        units.SelectMany(u => u.Names.Split(' ').Select(n => (n, u.Ticks))).ToDictionary(u => u.n, u => u.Ticks, StringComparer.Ordinal);

    private static Dictionary<string, BigInteger> Sizes()
    {
        var sizes = new Dictionary<string, BigInteger>(StringComparer.Ordinal) { ["B"] = 1, ["b"] = 1, ["byte"] = 1, ["bytes"] = 1 };
        string[] tens = ["kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta"];
        string[] twos = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi"];
        for (int i = 0; i < tens.Length; i++)
        {
            BigInteger ten = BigInteger.Pow(1000, i + 1);
            BigInteger two = BigInteger.Pow(1024, i + 1);
            char letter = char.ToUpperInvariant(tens[i][0]);
            sizes[(i == 0 ? "k" : letter.ToString()) + "B"] = ten;
            sizes[tens[i] + "byte"] = sizes[tens[i] + "bytes"] = ten;
            sizes[letter.ToString()] = sizes[char.ToLowerInvariant(letter).ToString()] = two;
            sizes[letter + "i"] = sizes[letter + "iB"] = two;
            sizes[twos[i] + "byte"] = sizes[twos[i] + "bytes"] = two;
        }

        return sizes;
    }
}
