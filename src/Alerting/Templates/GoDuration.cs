using System.Globalization;

namespace Pleiad.Alerting;

/// <summary>A span of time as Go's <c>time.Duration</c> is used in templates.</summary>
internal sealed class GoDuration(long nanoseconds) : TemplateRecord
{
    private const double PerSecond = 1e9;

    public long Nanoseconds { get; } = nanoseconds;

    public double Seconds => Nanoseconds / PerSecond;

    public override string TypeName => "time.Duration";

    public override TemplateFunction? Method(string name) => name switch
    {
        "String" => Of(name, ToString()),
        "Hours" => Of(name, Nanoseconds / (PerSecond * 3600)),
        "Minutes" => Of(name, Nanoseconds / (PerSecond * 60)),
        "Seconds" => Of(name, Seconds),
        "Milliseconds" => Of(name, Nanoseconds / 1_000_000),
        "Microseconds" => Of(name, Nanoseconds / 1000),
        "Nanoseconds" => Of(name, Nanoseconds),
        "Abs" => Of(name, new GoDuration(Nanoseconds == long.MinValue ? long.MaxValue : Math.Abs(Nanoseconds))),
        _ => null,
    };

    /// <summary>Go's form: <c>1h0m30.5s</c>, <c>100ms</c>, <c>0s</c>.</summary>
    public override string ToString()
    {
        if (Nanoseconds == 0)
        {
            return "0s";
        }

        string sign = Nanoseconds < 0 ? "-" : string.Empty;
        ulong left = Nanoseconds < 0 ? 0UL - (ulong)Nanoseconds : (ulong)Nanoseconds;
        if (left < 1_000_000_000)
        {
            (ulong size, string unit) = left switch
            {
                < 1000 => (1UL, "ns"),
                < 1_000_000 => (1000UL, "µs"),
                _ => (1_000_000UL, "ms"),
            };
            return sign + ((decimal)left / size).ToString("0.######", CultureInfo.InvariantCulture) + unit;
        }

        ulong hours = left / 3_600_000_000_000;
        ulong minutes = left / 60_000_000_000 % 60;
        string seconds = ((decimal)(left % 60_000_000_000) / 1_000_000_000).ToString("0.#########", CultureInfo.InvariantCulture) + "s";
        return hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{sign}{hours}h{minutes}m{seconds}")
            : minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{sign}{minutes}m{seconds}")
            : sign + seconds;
    }

    private static TemplateFunction Of(string name, object value) => new(name, [], null, (_, _) => value);
}
