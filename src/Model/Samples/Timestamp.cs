using System.Globalization;

namespace Pleiad.Model;

/// <summary>A point in time: milliseconds since the Unix epoch, UTC.</summary>
/// <param name="Milliseconds">Negative before 1970.</param>
public readonly record struct Timestamp(long Milliseconds) : IComparable<Timestamp>
{
    /// <summary>Earlier than every sample.</summary>
    public static readonly Timestamp MinValue = new(long.MinValue);

    /// <summary>Later than every sample.</summary>
    public static readonly Timestamp MaxValue = new(long.MaxValue);

    /// <summary>From seconds since the epoch, rounded to the nearest millisecond.</summary>
    public static Timestamp FromSeconds(double seconds) => new((long)Math.Round(seconds * 1000, MidpointRounding.AwayFromZero));

    /// <summary>From a date; below a millisecond is cut off.</summary>
    public static Timestamp From(DateTimeOffset at) => new(at.ToUnixTimeMilliseconds());

    /// <summary>Seconds since the epoch.</summary>
    public double Seconds => Milliseconds / 1000.0;

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => Milliseconds.CompareTo(other.Milliseconds);

    /// <summary>Later by a span.</summary>
    public static Timestamp operator +(Timestamp at, TimeSpan by) => new(at.Milliseconds + (long)by.TotalMilliseconds);

    /// <summary>Earlier by a span.</summary>
    public static Timestamp operator -(Timestamp at, TimeSpan by) => new(at.Milliseconds - (long)by.TotalMilliseconds);

    /// <summary>The span between two points.</summary>
    public static TimeSpan operator -(Timestamp left, Timestamp right) => TimeSpan.FromMilliseconds(left.Milliseconds - right.Milliseconds);

    /// <summary>Whether earlier.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.Milliseconds < right.Milliseconds;

    /// <summary>Whether later.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.Milliseconds > right.Milliseconds;

    /// <summary>Whether not later.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.Milliseconds <= right.Milliseconds;

    /// <summary>Whether not earlier.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.Milliseconds >= right.Milliseconds;

    /// <summary>Milliseconds as text, as in error messages.</summary>
    public override string ToString() => Milliseconds.ToString(CultureInfo.InvariantCulture);
}
