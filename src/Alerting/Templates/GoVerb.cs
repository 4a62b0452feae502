using System.Globalization;
using System.Text;

namespace Pleiad.Alerting;

/// <summary>One verb of a format: <c>%-8.3f</c>.</summary>
/// <param name="Letter">The verb itself; a percent sign stands for itself.</param>
/// <param name="Argument">What it shows.</param>
/// <param name="Problem">What is printed in its place where it cannot be shown.</param>
internal sealed record GoVerb(char Letter, object? Argument, string? Problem)
{
    public bool Plus { get; init; }

    public bool Minus { get; init; }

    public bool Sharp { get; init; }

    public bool Blank { get; init; }

    public bool Zero { get; init; }

    public int Width { get; init; }

    public int? Precision { get; init; }

    /// <summary>Filled up to the width: with zeros behind the sign of a number, else with spaces.</summary>
    public string Padded(string text, bool isNumber)
    {
        int missing = Width - text.EnumerateRunes().Count();
        if (missing <= 0)
        {
            return text;
        }

        if (Minus)
        {
            return text + new string(' ', missing);
        }

        bool zeros = Zero && !(isNumber && (text.EndsWith("Inf", StringComparison.Ordinal) || text == "NaN"));
        if (!zeros)
        {
            return new string(' ', missing) + text;
        }

        int sign = isNumber && text[0] is '-' or '+' or ' ' ? 1 : 0;
        return text[..sign] + new string('0', missing) + text[sign..];
    }
}

/// <summary>Reads a format from left to right and hands out its verbs with what they show.</summary>
internal sealed class GoVerbReader(string format, IReadOnlyList<object?> values)
{
    private int _at;
    private int _next;
    private bool _reordered;

    /// <summary>Arguments no verb has shown; none are counted where the format picks them by number.</summary>
    public IReadOnlyList<object?> Unused => _reordered ? [] : [.. values.Skip(_next)];

    /// <summary>Copies text up to the next verb; null at the end.</summary>
    public GoVerb? NextVerb(StringBuilder text)
    {
        int percent = format.IndexOf('%', _at);
        text.Append(format.AsSpan(_at, (percent < 0 ? format.Length : percent) - _at));
        if (percent < 0)
        {
            _at = format.Length;
            return null;
        }

        _at = percent + 1;
        var verb = new GoVerb('\0', null, null);
        for (; _at < format.Length && "+-# 0".Contains(format[_at], StringComparison.Ordinal); _at++)
        {
            verb = format[_at] switch
            {
                '+' => verb with { Plus = true },
                '-' => verb with { Minus = true },
                '#' => verb with { Sharp = true },
                ' ' => verb with { Blank = true },
                _ => verb with { Zero = true },
            };
        }

        Index();
        string? problem = null;
        int? width = Count(ref problem, "%!(BADWIDTH)");
        verb = verb with { Width = Math.Abs(width ?? 0), Minus = verb.Minus || width < 0 };
        if (_at < format.Length && format[_at] == '.')
        {
            _at++;
            Index();
            verb = verb with { Precision = Count(ref problem, "%!(BADPREC)") ?? 0 };
        }

        Index();
        return Finish(verb, problem);
    }

    private GoVerb Finish(GoVerb verb, string? problem)
    {
        if (_at == format.Length)
        {
            return verb with { Letter = '!', Problem = problem + "%!(NOVERB)" };
        }

        char letter = format[_at++];
        if (letter == '%')
        {
            return verb with { Letter = '%' };
        }

        if (_next >= values.Count)
        {
            return verb with { Letter = letter, Problem = $"{problem}%!{letter}({(_reordered ? "BADINDEX" : "MISSING")})" };
        }

        return verb with { Letter = letter, Argument = values[_next++], Problem = problem };
    }

    // [3] picks the third argument.
    private void Index()
    {
        if (_at == format.Length || format[_at] != '[')
        {
            return;
        }

        int close = format.IndexOf(']', _at);
        if (close > 0 && int.TryParse(format.AsSpan(_at + 1, close - _at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            _reordered = true;
            _next = number >= 1 && number <= values.Count ? number - 1 : values.Count;
            _at = close + 1;
        }
    }

    private int? Count(ref string? problem, string bad)
    {
        if (_at < format.Length && format[_at] == '*')
        {
            _at++;
            if (_next < values.Count && values[_next] is long given && Math.Abs(given) <= TemplateLimits.PrintWidthMax)
            {
                _next++;
                return (int)given;
            }

            _next += _next < values.Count ? 1 : 0;
            problem += bad;
            return null;
        }

        int start = _at;
        while (_at < format.Length && char.IsAsciiDigit(format[_at]))
        {
            _at++;
        }

        if (start == _at)
        {
            return null;
        }

        bool fits = int.TryParse(format.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count <= TemplateLimits.PrintWidthMax;
        problem = fits ? problem : problem + bad;
        return fits ? count : null;
    }
}
