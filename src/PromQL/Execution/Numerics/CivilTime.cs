namespace Pleiad.PromQL;

/// <summary>A time of the Gregorian calendar, in UTC, extended to all years before and after; year 0 is 1 BC.</summary>
/// <remarks>
/// Years are counted from March, so that the leap day is the last one, in cycles of 400 years: Hatcher, "Simple Formulae for Julian Day
/// Numbers and Calendar Dates", Quarterly Journal of the Royal Astronomical Society 25 (1984).
/// </remarks>
/// <param name="seconds">Since the Unix epoch.</param>
internal readonly struct CivilTime(long seconds)
{
    private const long SecondsEachDay = 86_400;
    private const int DaysEachCycle = 146_097;
    private const int YearsEachCycle = 400;

    // From 1 March of year 0 to the Unix epoch.
    private const int DaysBeforeEpoch = 719_468;

    private readonly long _day = FloorDiv(seconds, SecondsEachDay);

    public long Year => YearFromMarch + (Month <= 2 ? 1 : 0);

    /// <summary>1 to 12.</summary>
    public int Month => MonthFromMarch < 10 ? MonthFromMarch + 3 : MonthFromMarch - 9;

    /// <summary>1 to 31.</summary>
    public int DayOfMonth => DayFromMarch - DaysBefore(MonthFromMarch) + 1;

    /// <summary>1 to 366.</summary>
    public int DayOfYear
    {
        get
        {
            const int januaryAndFebruary = 59;
            const int marchOn = 306;
            return Month <= 2 ? DayFromMarch - marchOn + 1 : DayFromMarch + januaryAndFebruary + (IsLeap(Year) ? 1 : 0) + 1;
        }
    }

    /// <summary>0 to 6, from Sunday.</summary>
    public int DayOfWeek
    {
        get
        {
            const int thursday = 4;
            return (int)FloorMod(_day + thursday, 7);
        }
    }

    /// <summary>28 to 31.</summary>
    public int DaysInMonth => Month == 2 ? (IsLeap(Year) ? 29 : 28) : DaysBefore(MonthFromMarch + 1) - DaysBefore(MonthFromMarch);

    public int Hour => (int)(FloorMod(seconds, SecondsEachDay) / 3600);

    public int Minute => (int)(FloorMod(seconds, 3600) / 60);

    private int DayOfCycle => (int)FloorMod(_day + DaysBeforeEpoch, DaysEachCycle);

    // Leap days fall out: one in 1460 days, none in 36524, one in 146096.
    private int YearOfCycle => (DayOfCycle - (DayOfCycle / 1460) + (DayOfCycle / 36_524) - (DayOfCycle / (DaysEachCycle - 1))) / 365;

    private long YearFromMarch => (FloorDiv(_day + DaysBeforeEpoch, DaysEachCycle) * YearsEachCycle) + YearOfCycle;

    private int DayFromMarch => DayOfCycle - ((365 * YearOfCycle) + (YearOfCycle / 4) - (YearOfCycle / 100));

    private int MonthFromMarch => ((5 * DayFromMarch) + 2) / 153;

    // Of the months from March on.
    private static int DaysBefore(int month) => ((153 * month) + 2) / 5;

    private static bool IsLeap(long year) => year % 4 == 0 && (year % 100 != 0 || year % YearsEachCycle == 0);

    private static long FloorDiv(long value, long by) => (value - FloorMod(value, by)) / by;

    private static long FloorMod(long value, long by) => ((value % by) + by) % by;
}
