using System.Globalization;
using System.Text;

namespace Pleiad.Alerting;

/// <summary>An instant, in UTC, as Go's <c>*time.Time</c> is used in templates.</summary>
internal sealed class GoTime(Int128 nanoseconds) : TemplateRecord
{
    private const long PerSecond = 1_000_000_000;

    private readonly Int128 _nanoseconds = nanoseconds;

    private static readonly (string Layout, Func<GoTime, string> Text)[] Layouts =
    [
        ("January", t => t.Date.ToString("MMMM", CultureInfo.InvariantCulture)),
        ("Jan", t => t.Date.ToString("MMM", CultureInfo.InvariantCulture)),
        ("Monday", t => t.Date.DayOfWeek.ToString()),
        ("Mon", t => t.Date.DayOfWeek.ToString()[..3]),
        ("MST", _ => "UTC"),
        ("2006", t => t.Date.ToString("yyyy", CultureInfo.InvariantCulture)),
        ("-07:00:00", _ => "+00:00:00"),
        ("-07:00", _ => "+00:00"),
        ("-0700", _ => "+0000"),
        ("-07", _ => "+00"),
        ("Z07:00", _ => "Z"),
        ("Z0700", _ => "Z"),
        ("002", t => t.Date.DayOfYear.ToString("000", CultureInfo.InvariantCulture)),
        ("01", t => Two(t.Date.Month)),
        ("02", t => Two(t.Date.Day)),
        ("03", t => Two(Twelve(t.Date.Hour))),
        ("04", t => Two(t.Date.Minute)),
        ("05", t => Two(t.Date.Second)),
        ("06", t => t.Date.ToString("yy", CultureInfo.InvariantCulture)),
        ("15", t => Two(t.Date.Hour)),
        ("PM", t => t.Date.Hour >= 12 ? "PM" : "AM"),
        ("pm", t => t.Date.Hour >= 12 ? "pm" : "am"),
        ("_2", t => t.Date.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2)),
        ("1", t => t.Date.Month.ToString(CultureInfo.InvariantCulture)),
        ("2", t => t.Date.Day.ToString(CultureInfo.InvariantCulture)),
        ("3", t => Twelve(t.Date.Hour).ToString(CultureInfo.InvariantCulture)),
        ("4", t => t.Date.Minute.ToString(CultureInfo.InvariantCulture)),
        ("5", t => t.Date.Second.ToString(CultureInfo.InvariantCulture)),
    ];

    public override string TypeName => "*time.Time";

    private long Seconds => (long)FloorDivide(_nanoseconds, PerSecond);

    private int Fraction => (int)(_nanoseconds - ((Int128)Seconds * PerSecond));

    // Below a second nothing is asked of the date.
    private DateTime Date => DateTime.UnixEpoch.AddTicks(Seconds * TimeSpan.TicksPerSecond);

    public override TemplateFunction? Method(string name) => name switch
    {
        "String" => Of(name, ToString()),
        "Unix" => Of(name, Seconds),
        "UnixMilli" => Of(name, (long)FloorDivide(_nanoseconds, 1_000_000)),
        "UnixMicro" => Of(name, (long)FloorDivide(_nanoseconds, 1000)),
        "UnixNano" => Of(name, (long)_nanoseconds),
        "Year" => Of(name, (long)Date.Year),
        "Day" => Of(name, (long)Date.Day),
        "YearDay" => Of(name, (long)Date.DayOfYear),
        "Hour" => Of(name, (long)Date.Hour),
        "Minute" => Of(name, (long)Date.Minute),
        "Second" => Of(name, (long)Date.Second),
        "Nanosecond" => Of(name, (long)Fraction),
        "Month" => Of(name, Format("January")),
        "Weekday" => Of(name, Format("Monday")),
        "UTC" => Of(name, this),
        "Format" => new TemplateFunction(name, [TemplateParameter.Text], null, (_, args) => Format((string)args[0]!)),
        "Add" => new TemplateFunction(
            name, [TemplateParameter.Duration], null, (_, args) => new GoTime(_nanoseconds + ((GoDuration)args[0]!).Nanoseconds)),
        "Sub" => new TemplateFunction(name, [TemplateParameter.Any], null, (_, args) => args[0] is GoTime other
            ? new GoDuration((long)(_nanoseconds - other._nanoseconds))
            : throw new TemplateCallException($"wrong type for value; expected time.Time; got {GoFormat.TypeName(args[0])}")),
        _ => null,
    };

    /// <summary>Go's default form: <c>2015-06-23 13:19:44.128 +0000 UTC</c>.</summary>
    public override string ToString() => Format("2006-01-02 15:04:05.999999999 -0700 MST");

    private static TemplateFunction Of(string name, object value) => new(name, [], null, (_, _) => value);

    private string Format(string layout)
    {
        var text = new StringBuilder();
        for (int at = 0; at < layout.Length;)
        {
            int length = FractionAt(layout, at, text);
            if (length == 0)
            {
                length = PieceAt(layout, at, text);
            }

            if (length == 0)
            {
                text.Append(layout[at]);
                length = 1;
            }

            at += length;
        }

        return text.ToString();
    }

    private int PieceAt(string layout, int at, StringBuilder text)
    {
        foreach ((string piece, Func<GoTime, string> write) in Layouts)
        {
            if (layout.AsSpan(at).StartsWith(piece, StringComparison.Ordinal))
            {
                text.Append(write(this));
                return piece.Length;
            }
        }

        return 0;
    }

    // .000 or .999 behind the seconds: digits of the fraction, with 9 without trailing zeros.
    private int FractionAt(string layout, int at, StringBuilder text)
    {
        if (layout[at] is not ('.' or ',') || at + 1 == layout.Length || layout[at + 1] is not ('0' or '9'))
        {
            return 0;
        }

        int end = at + 1;
        while (end < layout.Length && layout[end] == layout[at + 1])
        {
            end++;
        }

        if (end < layout.Length && char.IsAsciiDigit(layout[end]))
        {
            return 0;
        }

        string digits = Fraction.ToString("000000000", CultureInfo.InvariantCulture).PadRight(end - at - 1, '0')[..(end - at - 1)];
        if (layout[at + 1] == '9')
        {
            digits = digits.TrimEnd('0');
        }

        text.Append(digits.Length > 0 ? layout[at] + digits : string.Empty);
        return end - at;
    }

    private static Int128 FloorDivide(Int128 value, long by) => (value / by) - (value % by < 0 ? 1 : 0);

    private static string Two(int value) => value.ToString("00", CultureInfo.InvariantCulture);

    private static int Twelve(int hour) => hour % 12 == 0 ? 12 : hour % 12;
}
