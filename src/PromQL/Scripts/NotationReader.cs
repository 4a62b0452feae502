using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Reads the small pieces of series notation from left to right.</summary>
internal ref struct NotationReader(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;

    /// <summary>Where it stands.</summary>
    public int At { get; private set; }

    /// <summary>Whether everything is read.</summary>
    public readonly bool AtEnd => At == _text.Length;

    /// <summary>What is not yet read.</summary>
    public readonly ReadOnlySpan<char> Rest => _text[At..];

    /// <summary>The next character, or U+0000 at the end.</summary>
    public readonly char Peek => AtEnd ? '\0' : _text[At];

    /// <summary>Takes a text if it comes next.</summary>
    public bool TryTake(ReadOnlySpan<char> expected)
    {
        if (!Rest.StartsWith(expected))
        {
            return false;
        }

        At += expected.Length;
        return true;
    }

    /// <summary>Takes a text that has to come next.</summary>
    public void Take(ReadOnlySpan<char> expected)
    {
        if (!TryTake(expected))
        {
            throw Unexpected();
        }
    }

    /// <summary>Takes spaces and tabs; whether there were any.</summary>
    public bool TakeSpace()
    {
        int start = At;
        while (Peek is ' ' or '\t')
        {
            At++;
        }

        return At > start;
    }

    /// <summary>Takes letters, digits and underscores.</summary>
    public ReadOnlySpan<char> Word()
    {
        int start = At;
        while (char.IsAsciiLetterOrDigit(Peek) || Peek == '_')
        {
            At++;
        }

        return _text[start..At];
    }

    /// <summary>Takes a number with an optional sign: decimal, <c>Inf</c> or <c>NaN</c>. No hexadecimal: <c>0x4</c> is zero five times.</summary>
    public double Number()
    {
        bool negative = Peek == '-';
        if (Peek is '+' or '-')
        {
            At++;
        }

        double value = Unsigned();
        return negative ? -value : value;
    }

    /// <summary>Takes a whole number without sign.</summary>
    public int Count()
    {
        int start = At;
        while (char.IsAsciiDigit(Peek))
        {
            At++;
        }

        return int.TryParse(_text[start..At], NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : throw Unexpected();
    }

    /// <summary>Takes a duration with an optional sign, in milliseconds; stops before <c>x</c> and signs.</summary>
    public long Duration()
    {
        bool negative = Peek == '-';
        if (Peek is '+' or '-')
        {
            At++;
        }

        int start = At;
        while (char.IsAsciiLetterOrDigit(Peek) && Peek != 'x')
        {
            At++;
        }

        if (!PrometheusDuration.TryParse(_text[start..At], out TimeSpan duration))
        {
            throw Unexpected();
        }

        long milliseconds = (long)duration.TotalMilliseconds;
        return negative ? -milliseconds : milliseconds;
    }

    /// <summary>What comes next does not belong here.</summary>
    public readonly ScriptSyntaxException Unexpected() =>
        new(0, AtEnd ? "unexpected end of input in series values" : $"unexpected {GoQuote.Text(Peek.ToString())} in series values at column {At + 1}");

    private double Unsigned()
    {
        foreach ((string word, double value) in (ReadOnlySpan<(string, double)>)[("inf", double.PositiveInfinity), ("nan", double.NaN)])
        {
            if (Rest.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                At += word.Length;
                return value;
            }
        }

        int start = At;
        TakeDigits();
        if (Peek == '.')
        {
            At++;
            TakeDigits();
        }

        if (Peek is 'e' or 'E')
        {
            At++;
            if (Peek is '+' or '-')
            {
                At++;
            }

            TakeDigits();
        }

        const NumberStyles Float = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(_text[start..At], Float, CultureInfo.InvariantCulture, out double number) ? number : throw Unexpected();
    }

    private void TakeDigits()
    {
        while (char.IsAsciiDigit(Peek))
        {
            At++;
        }
    }
}
