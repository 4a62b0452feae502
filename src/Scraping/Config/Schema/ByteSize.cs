using System.Globalization;
using System.Text;

namespace Pleiad.Scraping;

/// <summary>Sizes as prometheus.yml writes them: <c>15MB</c>, <c>1.5GiB</c>; every unit is a power of 1024, and a unit is required.</summary>
internal static class ByteSize
{
    private static readonly (string Binary, string Short, long Bytes)[] Units =
    [
        ("EiB", "EB", 1L << 60),
        ("PiB", "PB", 1L << 50),
        ("TiB", "TB", 1L << 40),
        ("GiB", "GB", 1L << 30),
        ("MiB", "MB", 1L << 20),
        ("KiB", "KB", 1L << 10),
        ("B", "B", 1L),
    ];

    public static bool TryParse(string text, out long bytes, out string problem)
    {
        bytes = 0;
        problem = string.Empty;
        if (text == "0")
        {
            return true;
        }

        bool negative = text.StartsWith('-');
        int at = negative || text.StartsWith('+') ? 1 : 0;
        double total = 0;
        if (at == text.Length)
        {
            problem = $"units: invalid {text}";
            return false;
        }

        while (at < text.Length)
        {
            int start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            if (!double.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count))
            {
                problem = $"units: invalid {text}";
                return false;
            }

            int unitStart = at;
            while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] != '.')
            {
                at++;
            }

            string unit = text[unitStart..at];
            int index = Array.FindIndex(Units, candidate => candidate.Binary == unit || candidate.Short == unit);
            if (index < 0)
            {
                problem = $"units: unknown unit {unit} in {text}";
                return false;
            }

            total += count * Units[index].Bytes;
        }

        if (total >= long.MaxValue)
        {
            problem = $"units: overflow parsing {text}";
            return false;
        }

        bytes = (long)(negative ? -total : total);
        return true;
    }

    public static string Format(long bytes)
    {
        if (bytes == 0)
        {
            return "0B";
        }

        var text = new StringBuilder(bytes < 0 ? "-" : string.Empty);
        long left = bytes == long.MinValue ? long.MaxValue : Math.Abs(bytes);
        foreach ((string unit, _, long size) in Units)
        {
            (long count, left) = Math.DivRem(left, size);
            if (count > 0)
            {
                text.Append(count.ToString(CultureInfo.InvariantCulture)).Append(unit);
            }
        }

        return text.ToString();
    }
}
