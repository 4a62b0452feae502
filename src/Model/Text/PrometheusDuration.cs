using System.Globalization;
using System.Text;

namespace Pleiad.Model;

/// <summary>Durations as Prometheus writes them: <c>1h30m</c>, units <c>y w d h m s ms</c> from large to small, each at most once, whole numbers.</summary>
/// <remarks>Prometheus documentation, "Configuration", <c>&lt;duration&gt;</c>. A day has 24 hours, a week 7 days, a year 365 days.</remarks>
public static class PrometheusDuration
{
    // What 64 bits of nanoseconds hold, which is where Prometheus refuses.
    private const long MillisecondsMax = long.MaxValue / 1_000_000;

    private static readonly (string Unit, long Milliseconds, bool OnlyExact)[] Units =
    [
        ("y", 365L * 24 * 60 * 60 * 1000, true),
        ("w", 7L * 24 * 60 * 60 * 1000, true),
        ("d", 24L * 60 * 60 * 1000, true),
        ("h", 60L * 60 * 1000, false),
        ("m", 60L * 1000, false),
        ("s", 1000L, false),
        ("ms", 1L, false),
    ];

    /// <summary>Reads a duration. <c>0</c> needs no unit; there is no sign.</summary>
    /// <exception cref="FormatException">Not a duration, or larger than about 292 years; the message is Prometheus's.</exception>
    public static TimeSpan Parse(ReadOnlySpan<char> text) =>
        Read(text, out TimeSpan duration) is { } reason ? throw new FormatException(reason) : duration;

    /// <summary>Reads a duration, or says that it is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration) => Read(text, out duration) is null;

    /// <summary>Writes a duration as Prometheus does: days and above only where nothing is left over, <c>0s</c> for zero, a minus in front of negative ones.</summary>
    /// <param name="duration">Below a millisecond is cut off.</param>
    public static string Format(TimeSpan duration) => Format(duration.Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>Writes a duration given in milliseconds.</summary>
    public static string Format(long milliseconds)
    {
        if (milliseconds == 0)
        {
            return "0s";
        }

        var text = new StringBuilder();
        ulong left = (ulong)milliseconds;
        if (milliseconds < 0)
        {
            text.Append('-');
            left = 0UL - left;
        }

        foreach ((string unit, long size, bool onlyExact) in Units)
        {
            (ulong count, ulong rest) = Math.DivRem(left, (ulong)size);
            if (count > 0 && (!onlyExact || rest == 0))
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
                left = rest;
            }
        }

        return text.ToString();
    }

    private static string? Read(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text.IsEmpty)
        {
            return "empty duration string";
        }

        if (text is "0")
        {
            return null;
        }

        long total = 0;
        int at = 0;
        int unitNext = 0;
        while (at < text.Length)
        {
            int digits = at;
            long count = 0;
            bool tooLarge = false;
            for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
            {
                tooLarge |= count > (MillisecondsMax - 9) / 10;
                count = tooLarge ? 0 : (count * 10) + (text[at] - '0');
            }

            int unit = at == digits ? -1 : UnitAt(text[at..], unitNext);
            if (unit < 0)
            {
                return $"not a valid duration string: {QuotedText.Of(text.ToString())}";
            }

            long size = Units[unit].Milliseconds;
            if (tooLarge || count > MillisecondsMax / size || total > MillisecondsMax - (count * size))
            {
                return "duration out of range";
            }

            total += count * size;
            at += Units[unit].Unit.Length;
            unitNext = unit + 1;
        }

        duration = TimeSpan.FromMilliseconds(total);
        return null;
    }

    private static int UnitAt(ReadOnlySpan<char> text, int from)
    {
        int length = 0;
        while (length < text.Length && char.IsAsciiLetter(text[length]))
        {
            length++;
        }

        for (int i = from; i < Units.Length; i++)
        {
            if (text[..length].SequenceEqual(Units[i].Unit))
            {
                return i;
            }
        }

        return -1;
    }
}
