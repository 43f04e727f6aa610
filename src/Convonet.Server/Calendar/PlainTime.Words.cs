using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;

namespace Convonet.Server.Calendar;

/// <summary>The words, and what each adds. A part that is there already is not said twice.</summary>
internal sealed partial class PlainTime
{
    private const RegexOptions Options = RegexOptions.CultureInvariant;

    /// <summary>Words end at a space or at the end.</summary>
    private const string End = "(?= |$)";
    private const string Unit = "one|two|three|four|five|six|seven|eight|nine";
    private const string Hour = Unit + "|ten|eleven|twelve";
    private const string Tens = "twenty|thirty|forty|fifty";
    private const string Minute = $"(?:oh|o) (?:{Unit})|(?:{Tens})(?:[- ](?:{Unit}))?|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen";
    private const string Count = $@"\d{{1,4}}(?:\.5)?|half an?|(?:{Tens}|sixty|ninety)(?:[- ](?:{Unit}))?|an?|{Hour}|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen";
    private const string Length = "minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?";
    private const string Half = "am|pm";
    private const string Month = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private static readonly string[] Numbers =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly Dictionary<string, int> TensNumbers = new() { ["twenty"] = 20, ["thirty"] = 30, ["forty"] = 40, ["fifty"] = 50, ["sixty"] = 60, ["ninety"] = 90 };

    private bool TakeInstant(Instant at)
    {
        var first = _at is null;
        _at = at;
        return first;
    }

    private bool TakeDay(LocalDate day)
    {
        var first = _day is null;
        _day = day;
        return first && WrittenTime.IsNear(day.Year);
    }

    private bool TakeTime(LocalTime time)
    {
        var first = _time is null && _hour is null && !_midnight;
        _time = time;
        return first;
    }

    private bool TakeMidnight()
    {
        var first = _time is null && _hour is null && !_midnight && _part is "" or "night";
        _midnight = true;
        return first;
    }

    private bool TakeHour(int hour, int minute, bool is24, string half)
    {
        var first = _time is null && _hour is null && !_midnight && hour < 24 && minute < 60;
        _hour = (hour, minute, is24);
        return first && (half.Length == 0 || TakePart(half));
    }

    private bool TakePart(string part)
    {
        var first = _part.Length == 0 || _part == part;
        _part = part;
        return first;
    }

    /// <summary>"In two hours" is an instant; "in two days" is a day, which may have a time.</summary>
    private bool TakeAmount(Match match)
    {
        var halves = (int)(AmountOf(match.Groups["n"].Value) * 2) + (match.Groups["half"].Success ? 1 : 0);
        var minutes = match.Groups["minutes"].Success ? AmountOf(match.Groups["minutes"].Value) : 0;
        var unit = match.Groups["unit"].Value[..2];
        if (unit is "mi" or "ho" or "hr")
        {
            return TakeInstant(_clock.Now + Duration.FromMinutes(halves * (unit == "mi" ? 0.5 : 30) + minutes));
        }

        var count = halves / 2;
        return halves % 2 == 0 && minutes == 0 && TakeDay(unit switch
        {
            "da" => _clock.Today.PlusDays(count),
            "we" => _clock.Today.PlusWeeks(count),
            "mo" => _clock.Today.PlusMonths(count),
            _ => _clock.Today.PlusYears(Math.Min(count, 200)),
        });
    }

    private bool TakeDayName(string name) => TakeDay(_clock.Today.PlusDays(name switch { "yesterday" => -1, "tomorrow" => 1, "day after tomorrow" => 2, _ => 0 }))
        && (name != "tonight" || TakePart("night"));

    private bool TakeWeekday(Match match)
    {
        var weekday = Enum.Parse<IsoDayOfWeek>(match.Groups["day"].Value, ignoreCase: true);
        if (match.Groups["next"].Success)
        {
            // "Next Friday" is the one of the week that begins on the coming Monday.
            return TakeDay(_clock.Today.Next(IsoDayOfWeek.Monday).PlusDays(weekday - IsoDayOfWeek.Monday));
        }

        _mayBeNextWeek = true;
        return TakeDay(_clock.Today.PlusDays(-1).Next(weekday));
    }

    private bool TakeIsoDate(string text) => LocalDatePattern.Iso.Parse(text) is { Success: true } date && TakeDay(date.Value);

    /// <summary>"25 November": the next one, unless the year is said.</summary>
    private bool TakeMonth(Match match)
    {
        var month = Array.IndexOf(Months, match.Groups["month"].Value[..3]) + 1;
        var day = int.Parse(match.Groups["day"].Value, CultureInfo.InvariantCulture);
        int? said = match.Groups["year"].Success ? int.Parse(match.Groups["year"].Value, CultureInfo.InvariantCulture) : null;
        const int ToTheNextLeapYear = 8;
        for (var year = said ?? _clock.Today.Year; year <= (said ?? _clock.Today.Year + ToTheNextLeapYear); year++)
        {
            if (day >= 1 && year >= 1 && day <= CalendarSystem.Iso.GetDaysInMonth(year, month) && new LocalDate(year, month, day) is var date && (said is not null || date >= _clock.Today))
            {
                return TakeDay(date);
            }
        }

        return false;
    }

    private bool TakeClock(Match match)
    {
        var hour = match.Groups["hour"].Value;
        var number = int.Parse(hour, CultureInfo.InvariantCulture);
        var minute = match.Groups["minute"].Success ? int.Parse(match.Groups["minute"].Value, CultureInfo.InvariantCulture) : 0;
        return TakeHour(number, minute, hour[0] == '0' || number > 12, match.Groups["half"].Value);
    }

    private bool TakeSpokenClock(Match match) =>
        TakeHour(NumberOf(match.Groups["hour"].Value), match.Groups["minute"].Success ? NumberOf(match.Groups["minute"].Value) : 0, false, match.Groups["half"].Value);

    /// <summary>"Half past three", "quarter to four".</summary>
    private bool TakeFraction(Match match)
    {
        var hour = NumberOf(match.Groups["hour"].Value);
        return hour is >= 1 and <= 12 && match.Groups["part"].Value switch
        {
            "half past" => TakeHour(hour, 30, false, match.Groups["half"].Value),
            "quarter past" => TakeHour(hour, 15, false, match.Groups["half"].Value),
            // A quarter to one is still the hour of twelve, and a quarter to seven the hour of six: it is said of the hour that comes.
            _ => TakeHour(hour == 1 ? 12 : hour - 1, 45, hour == 7, match.Groups["half"].Value),
        };
    }

    private bool TakePartOfDay(Match match) => TakePart(match.Groups["part"].Value) && (!match.Groups["this"].Success || _day == _clock.Today || TakeDay(_clock.Today));

    private static double AmountOf(string text) => text switch
    {
        "half a" or "half an" => 0.5,
        "a" or "an" => 1,
        _ => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : NumberOf(text),
    };

    private static int NumberOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : text.Split(' ', '-').Sum(word => TensNumbers.TryGetValue(word, out var tens) ? tens : Math.Max(0, Array.IndexOf(Numbers, word)));

    [GeneratedRegex($"^(?:on|at|by|the|,){End}", Options)]
    private static partial Regex Filler();

    [GeneratedRegex($@"^(?:in (?<n>{Count}) ?(?<unit>{Length})(?: and (?<half>a half)| (?:and )?(?<minutes>{Count}) min(?:ute)?s?)?|(?<n>{Count}) (?<unit>{Length}) from now){End}", Options)]
    private static partial Regex FromNow();

    [GeneratedRegex($"^(?:right )?now{End}", Options)]
    private static partial Regex RightNow();

    [GeneratedRegex($"^(?<day>day after tomorrow|today|tonight|tomorrow|yesterday){End}", Options)]
    private static partial Regex DayName();

    [GeneratedRegex($"^(?:this |coming |(?<next>next ))?(?<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday){End}", Options)]
    private static partial Regex Weekday();

    [GeneratedRegex($@"^\d{{4}}-\d{{2}}-\d{{2}}{End}", Options)]
    private static partial Regex IsoDate();

    [GeneratedRegex($@"^(?<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?<month>{Month})(?: (?<year>\d{{4}}))?{End}", Options)]
    private static partial Regex DayMonth();

    [GeneratedRegex($@"^(?<month>{Month}) (?<day>\d{{1,2}})(?:st|nd|rd|th)?(?: (?<year>\d{{4}}))?{End}", Options)]
    private static partial Regex MonthDay();

    [GeneratedRegex($"^(?:noon|midday){End}", Options)]
    private static partial Regex Noon();

    [GeneratedRegex($"^midnight{End}", Options)]
    private static partial Regex Midnight();

    [GeneratedRegex($@"^(?<part>half past|quarter past|quarter to) (?<hour>\d{{1,2}}|{Hour}) ?(?<half>{Half})?{End}", Options)]
    private static partial Regex Fraction();

    [GeneratedRegex($@"^(?<hour>\d{{1,2}})(?:[:.](?<minute>\d{{2}}))? ?(?<half>{Half})?{End}", Options)]
    private static partial Regex Clock();

    [GeneratedRegex($"^(?<hour>{Hour})(?: (?<minute>{Minute}))?(?: (?<half>{Half}))?{End}", Options)]
    private static partial Regex SpokenClock();

    [GeneratedRegex($"^(?:in the |at |(?<this>this ))?(?<part>morning|afternoon|evening|night){End}", Options)]
    private static partial Regex PartOfDay();

    /// <summary>A number alone may be a day, an hour or a slip.</summary>
    [GeneratedRegex(@"^\s*\d+\s*$", Options)]
    private static partial Regex LoneNumber();

    [GeneratedRegex(@"\s*,\s*|\s+|\s*o'clock\b\s*", Options)]
    private static partial Regex Spaces();
}
