using System.Globalization;
using System.Text.RegularExpressions;

namespace HareMQ.Hosting;

/// <summary>
/// When a log file is put aside, in RabbitMQ's notation: <c>$D23</c> is every day at 23:00, and so on. By UTC, as the log's own times.
/// </summary>
internal sealed partial class RotationSchedule
{
    public const string Expected =
        "$Hmm, $Dhh, $WnDhh with 0 for Sunday, $MnnDhh with L for the last day, or nothing; such as $D0, $W0D23, $M1D15";

    /// <summary>Of a month: its last day.</summary>
    private const int LastDay = 31;

    private readonly Period _period;
    private readonly int _day;
    private readonly int _hour;
    private readonly int _minute;

    private RotationSchedule(Period period, int day, int hour, int minute) => (_period, _day, _hour, _minute) = (period, day, hour, minute);

    private enum Period
    {
        Hour,
        Day,
        Week,
        Month,
    }

    /// <summary>False: it is not in that notation.</summary>
    public static bool TryParse(string text, out RotationSchedule? schedule)
    {
        schedule = null;
        var match = Notation().Match(text);
        if (!match.Success) return false;
        var (hour, minute) = (Number(match.Groups["hour"]), Number(match.Groups["minute"]));
        var (weekDay, monthDay) = (match.Groups["weekday"], match.Groups["monthday"]);
        var dayOfMonth = monthDay.ValueSpan is "L" or "l" ? LastDay : Number(monthDay);
        if (hour > 23 || minute > 59 || (monthDay.Success && dayOfMonth is not (>= 1 and <= LastDay))) return false;
        schedule = text[1] switch
        {
            'H' => new RotationSchedule(Period.Hour, 0, 0, minute),
            'D' => new RotationSchedule(Period.Day, 0, hour, 0),
            'W' => new RotationSchedule(Period.Week, Number(weekDay), hour, 0),
            _ => new RotationSchedule(Period.Month, dayOfMonth, hour, 0),
        };
        return true;
    }

    /// <summary>The first time after that one. Both UTC.</summary>
    public DateTime NextAfter(DateTime time)
    {
        switch (_period)
        {
            case Period.Hour:
                var inHour = time.Date.AddHours(time.Hour).AddMinutes(_minute);
                return inHour > time ? inHour : inHour.AddHours(1);
            case Period.Day:
                var inDay = time.Date.AddHours(_hour);
                return inDay > time ? inDay : inDay.AddDays(1);
            case Period.Week:
                var inWeek = time.Date.AddDays(_day - (int)time.DayOfWeek).AddHours(_hour);
                return inWeek > time ? inWeek : inWeek.AddDays(7);
            default:
                var month = new DateTime(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc);
                return InMonth(month) is var inMonth && inMonth > time ? inMonth : InMonth(month.AddMonths(1));
        }
    }

    /// <summary>A month that is too short has it on its last day.</summary>
    private DateTime InMonth(DateTime first) =>
        first.AddDays(Math.Min(_day, DateTime.DaysInMonth(first.Year, first.Month)) - 1).AddHours(_hour);

    private static int Number(Group group) =>
        group.Success ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        @"^\$(?:H(?<minute>\d{1,2})?|D(?<hour>\d{1,2})|W(?<weekday>[0-6])(?:D(?<hour>\d{1,2}))?"
        + @"|M(?<monthday>\d{1,2}|[Ll])(?:D(?<hour>\d{1,2}))?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Notation();
}
