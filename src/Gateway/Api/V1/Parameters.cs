using System.Globalization;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>The parameters of a request, from the form body first and from the query string after it; unknown ones are ignored.</summary>
internal sealed class Parameters
{
    private readonly List<(string Name, string? Value)> _pairs = [];

    /// <summary>Reads parameters.</summary>
    /// <param name="form">The form body, or an empty string.</param>
    /// <param name="queryString">With or without the leading question mark.</param>
    public Parameters(string form, string queryString)
    {
        Problem = FormText.Read(form, _pairs);
        Problem = FormText.Read(queryString.StartsWith('?') ? queryString.AsSpan(1) : queryString, _pairs) ?? Problem;
    }

    /// <summary>What was wrong with a pair that was dropped, or null.</summary>
    public string? Problem { get; }

    /// <summary>The first value, or an empty string.</summary>
    /// <exception cref="ApiException">It is no UTF-8.</exception>
    public string Get(string name)
    {
        foreach ((string key, string? value) in _pairs)
        {
            if (key == name)
            {
                return value ?? throw NoText(name);
            }
        }

        return string.Empty;
    }

    /// <summary>All values.</summary>
    /// <exception cref="ApiException">One of them is no UTF-8.</exception>
    public IReadOnlyList<string> All(string name)
    {
        var values = new List<string>();
        foreach ((string key, string? value) in _pairs)
        {
            if (key == name)
            {
                values.Add(value ?? throw NoText(name));
            }
        }

        return values;
    }

    /// <summary>A time that must be there.</summary>
    /// <exception cref="ApiException">It is not, or cannot be read.</exception>
    public Timestamp Time(string name)
    {
        string text = Get(name);
        return TimeText.TryParse(text, out Timestamp time)
            ? time
            : throw ApiException.Parameter(name, $"cannot parse {QuotedText.Of(text)} to a valid timestamp");
    }

    /// <summary>A time, or another where it is missing.</summary>
    /// <exception cref="ApiException">It cannot be read.</exception>
    public Timestamp Time(string name, Timestamp otherwise)
    {
        string text = Get(name);
        return text.Length == 0 ? otherwise
            : TimeText.TryParse(text, out Timestamp time) ? time
            : throw ApiException.Parameter(
                name, $"Invalid time value for '{name}': cannot parse {QuotedText.Of(text)} to a valid timestamp");
    }

    /// <summary>A duration, or null where it is missing.</summary>
    /// <exception cref="ApiException">It cannot be read.</exception>
    public TimeSpan? Duration(string name) => Get(name).Length == 0 ? null : RequiredDuration(name);

    /// <summary>A duration that must be there.</summary>
    /// <exception cref="ApiException">It is not, or cannot be read.</exception>
    public TimeSpan RequiredDuration(string name) =>
        TimeText.ReadDuration(Get(name), out TimeSpan duration) is { } problem
            ? throw ApiException.Parameter(name, problem)
            : duration;

    /// <summary>The parameter <c>limit</c>; 0 where it is missing or off.</summary>
    /// <exception cref="ApiException">It is no number, or negative.</exception>
    public int Limit()
    {
        string text = Get("limit");
        if (text.Length == 0)
        {
            return 0;
        }

        if (ReadInteger(text, out long limit) is { } problem)
        {
            throw ApiException.Parameter("limit", problem);
        }

        return limit < 0
            ? throw ApiException.Parameter("limit", "limit must be non-negative")
            : (int)Math.Min(limit, int.MaxValue);
    }

    // What stands for bytes that are no text would be looked for and not found.
    private static ApiException NoText(string name) => ApiException.Parameter(name, "the value is not valid UTF-8");

    /// <summary>Reads a whole number in the manner of Go's Atoi, whose error text clients see.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? ReadInteger(string text, out long value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return null;
        }

        ReadOnlySpan<char> digits = text.AsSpan().TrimStart("+-");
        string reason = digits.Length >= text.Length - 1 && !digits.IsEmpty && digits.IndexOfAnyExceptInRange('0', '9') < 0
            ? "value out of range"
            : "invalid syntax";
        return $"strconv.Atoi: parsing {QuotedText.Of(text)}: {reason}";
    }
}
