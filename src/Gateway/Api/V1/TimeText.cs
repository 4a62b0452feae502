using System.Globalization;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>Times and durations of requests, as Prometheus reads them, and times of answers.</summary>
internal static class TimeText
{
    /// <summary>The earliest time of the API, and the text that stands for it.</summary>
    public static readonly Timestamp Min = new((-9223372036854775 + UnixToYearOne) * 1000);

    /// <summary>The latest time of the API, and the text that stands for it.</summary>
    public static readonly Timestamp Max = new(((9223372036854775 - UnixToYearOne) * 1000) + 999);

    // Go's time has its zero in the year 1; the reference constants stay clear of overflow on both sides of it.
    private const long UnixToYearOne = 62135596801;
    private const string MinText = "-292273086-05-16T16:47:06Z";
    private const string MaxText = "292277025-08-18T07:12:54.999999999Z";
    private const NumberStyles FloatStyle =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private const double NanosecondsMax = 9223372036854775807d;

    /// <summary>Reads Unix seconds with decimals (rounded to a millisecond) or RFC 3339.</summary>
    public static bool TryParse(string text, out Timestamp time)
    {
        if (double.TryParse(text, FloatStyle, CultureInfo.InvariantCulture, out double seconds))
        {
            // The whole seconds and the rest apart: together they would lose digits.
            double whole = Math.Truncate(seconds);
            double milliseconds = Math.Round((seconds - whole) * 1000, MidpointRounding.AwayFromZero);
            bool fits = double.IsFinite(seconds) && Math.Abs(whole) < 9.2e15;
            time = fits ? new Timestamp(((long)whole * 1000) + (long)milliseconds) : default;
            return fits;
        }

        if (TryParseRfc3339(text, out time))
        {
            return true;
        }

        time = text == MaxText ? Max : Min;
        return text is MinText or MaxText;
    }

    /// <summary>Reads seconds with decimals or a Prometheus duration.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? ReadDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (double.TryParse(text, FloatStyle, CultureInfo.InvariantCulture, out double seconds) && !double.IsNaN(seconds))
        {
            if (Math.Abs(seconds) * 1e9 >= NanosecondsMax)
            {
                return $"cannot parse {QuotedText.Of(text)} to a valid duration. It overflows int64";
            }

            duration = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
            return null;
        }

        return PrometheusDuration.TryParse(text, out duration) ? null : $"cannot parse {QuotedText.Of(text)} to a valid duration";
    }

    /// <summary>A time in RFC 3339 with as many decimals as it has, as Go writes it; the year 1 where there is none.</summary>
    public static string Write(DateTimeOffset? at) => at is { } known
        ? known.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
        : "0001-01-01T00:00:00Z";

    private static bool TryParseRfc3339(ReadOnlySpan<char> text, out Timestamp time)
    {
        time = default;
        if (text.Length < 20
            || !Digits(text[..4], out int year) || text[4] != '-'
            || !Digits(text[5..7], out int month) || text[7] != '-'
            || !Digits(text[8..10], out int day) || text[10] != 'T'
            || !Digits(text[11..13], out int hour) || text[13] != ':'
            || !Digits(text[14..16], out int minute) || text[16] != ':'
            || !Digits(text[17..19], out int second)
            || month is < 1 or > 12 || hour > 23 || minute > 59 || second > 59
            || day < 1 || day > DaysIn(year, month))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[19..];
        int milliseconds = 0;
        if (rest[0] is '.' or ',')
        {
            int digits = 1;
            for (int unit = 100; digits < rest.Length && char.IsAsciiDigit(rest[digits]); digits++, unit /= 10)
            {
                milliseconds += (rest[digits] - '0') * unit;
            }

            if (digits == 1)
            {
                return false;
            }

            rest = rest[digits..];
        }

        if (!ReadOffset(rest, out int offsetMinutes))
        {
            return false;
        }

        long minutes = (((DaysSince1970(year, month, day) * 24) + hour) * 60) + minute - offsetMinutes;
        time = new Timestamp((((minutes * 60) + second) * 1000) + milliseconds);
        return true;
    }

    private static bool ReadOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z")
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || !Digits(text[1..3], out int hour) || !Digits(text[4..], out int minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + c - '0';
        }

        return true;
    }

    // .NET's calendar begins with the year 1; the year 0 of RFC 3339 was a leap year.
    private static int DaysIn(int year, int month) => DateTime.DaysInMonth(year == 0 ? 4 : year, month);

    private static long DaysSince1970(int year, int month, int day) => year == 0
        ? DaysSince1970(4, month, day) - (366 + 365 + 365 + 365)
        : (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Days;
}
