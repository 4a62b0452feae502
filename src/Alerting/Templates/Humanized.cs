using System.Globalization;

namespace Pleiad.Alerting;

/// <summary>Numbers, spans and instants written for people, in Prometheus's forms.</summary>
internal static class Humanized
{
    private const double NanosecondsPerSecond = 1e9;

    private static readonly string[] Larger = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    private static readonly string[] LargerBinary = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
    private static readonly string[] Smaller = ["m", "u", "n", "p", "f", "a", "z", "y"];

    /// <summary>With a metric prefix: <c>1.235M</c>, <c>120m</c>.</summary>
    public static string Number(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return GoNumber.FourDigits(value);
        }

        return Math.Abs(value) >= 1 ? Divided(value, 1000, Larger) : Multiplied(value);
    }

    /// <summary>With a binary prefix: <c>1.177Mi</c>.</summary>
    public static string Binary(double value) =>
        Math.Abs(value) <= 1 || !double.IsFinite(value) ? GoNumber.FourDigits(value) : Divided(value, 1024, LargerBinary);

    /// <summary>Seconds in parts: <c>1d 1h 0m 0s</c>, <c>123.5ms</c>.</summary>
    public static string Duration(double value)
    {
        if (!double.IsFinite(value))
        {
            return GoNumber.FourDigits(value);
        }

        if (value == 0)
        {
            return "0s";
        }

        if (Math.Abs(value) < 1)
        {
            return Multiplied(value) + "s";
        }

        string sign = value < 0 ? "-" : string.Empty;
        double positive = Math.Abs(value);
        long whole = positive >= long.MaxValue ? long.MaxValue : (long)positive;
        long days = whole / 86400;
        long hours = whole / 3600 % 24;
        long minutes = whole / 60 % 60;
        long seconds = whole % 60;
        FormattableString parts = days > 0 ? $"{sign}{days}d {hours}h {minutes}m {seconds}s"
            : hours > 0 ? $"{sign}{hours}h {minutes}m {seconds}s"
            : minutes > 0 ? (FormattableString)$"{sign}{minutes}m {seconds}s"
            : $"{sign}{GoNumber.FourDigits(positive)}s";
        return parts.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Seconds since the epoch as an instant, to the millisecond.</summary>
    public static GoTime Time(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            throw new TemplateCallException("value is NaN or Inf");
        }

        double nanoseconds = seconds * NanosecondsPerSecond;
        if (nanoseconds is > long.MaxValue or < long.MinValue)
        {
            throw new TemplateCallException(
                $"{GoNumber.Shortest(seconds)} cannot be represented as a nanoseconds timestamp since it overflows int64");
        }

        long milliseconds = Nanoseconds(seconds) / 1_000_000;
        return new GoTime((Int128)milliseconds * 1_000_000);
    }

    /// <summary>Seconds as whole nanoseconds, as far as 64 bits go.</summary>
    public static long Nanoseconds(double seconds)
    {
        double nanoseconds = seconds * NanosecondsPerSecond;
        return double.IsNaN(nanoseconds) ? 0
            : nanoseconds >= long.MaxValue ? long.MaxValue
            : nanoseconds <= long.MinValue ? long.MinValue
            : (long)nanoseconds;
    }

    private static string Divided(double value, double by, string[] prefixes)
    {
        string prefix = string.Empty;
        foreach (string next in prefixes)
        {
            if (Math.Abs(value) < by)
            {
                break;
            }

            prefix = next;
            value /= by;
        }

        return GoNumber.FourDigits(value) + prefix;
    }

    private static string Multiplied(double value)
    {
        string prefix = string.Empty;
        foreach (string next in Smaller)
        {
            if (Math.Abs(value) >= 1)
            {
                break;
            }

            prefix = next;
            value *= 1000;
        }

        return GoNumber.FourDigits(value) + prefix;
    }
}
