using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// Series as scripts and rule tests write them: <c>name{labels} 1 2 3+4x5 _ _x3 stale {{…}}x2</c>,
/// and the start timestamps of a series: <c>name{labels}@st _ -30s -1m-1mx3</c>.
/// </summary>
/// <remarks>Prometheus documentation, "Unit testing for rules", series notation.</remarks>
public static class SeriesNotation
{
    /// <summary>Positions a series may have.</summary>
    public const int PositionsMax = 1_000_000;

    /// <summary>Reads a series.</summary>
    /// <exception cref="ScriptSyntaxException">Not series notation.</exception>
    public static ScriptSeries Read(string line)
    {
        int end = EndOfMetric(line);
        return new ScriptSeries(Metric(line[..end]), Values(line.AsSpan(end)));
    }

    /// <summary>Reads values without a series in front.</summary>
    /// <exception cref="ScriptSyntaxException">Not series notation.</exception>
    public static IReadOnlyList<ScriptValue> Values(ReadOnlySpan<char> text)
    {
        var values = new List<ScriptValue>();
        var reader = new NotationReader(text);
        while (reader.TakeSpace() && !reader.AtEnd)
        {
            Item(ref reader, values);
        }

        return reader.AtEnd ? values : throw reader.Unexpected();
    }

    /// <summary>Whether a line gives start timestamps: <c>@st</c> follows the series at once.</summary>
    internal static bool IsStartTimes(string line)
    {
        int end = EndOfMetric(line);
        return line.AsSpan(end).StartsWith("@st ") || line.AsSpan(end).StartsWith("@st\t");
    }

    /// <summary>Reads start timestamps: offsets in milliseconds from each sample's time, null for none.</summary>
    internal static (Labels Labels, IReadOnlyList<long?> Offsets) ReadStartTimes(string line)
    {
        int end = EndOfMetric(line);
        var offsets = new List<long?>();
        var reader = new NotationReader(line.AsSpan(end));
        reader.Take("@st");
        while (reader.TakeSpace() && !reader.AtEnd)
        {
            StartTime(ref reader, offsets);
        }

        return reader.AtEnd ? (Metric(line[..end]), offsets) : throw reader.Unexpected();
    }

    private static void Item(ref NotationReader reader, List<ScriptValue> values)
    {
        if (reader.TryTake("_"))
        {
            Repeat(values, ScriptValue.None, reader.TryTake("x") ? reader.Count() : 1);
        }
        else if (reader.TryTake("stale"))
        {
            Repeat(values, ScriptValue.Of(StaleMarker.Value), 1);
        }
        else if (reader.Rest.StartsWith("{{"))
        {
            Histogram(ref reader, values);
        }
        else
        {
            Number(ref reader, values);
        }
    }

    private static void Number(ref NotationReader reader, List<ScriptValue> values)
    {
        double value = reader.Number();
        double step = 0;
        bool stepped = reader.Peek is '+' or '-';
        if (stepped)
        {
            step = reader.Number();
            reader.Take("x");
        }

        if (!stepped && !reader.TryTake("x"))
        {
            Repeat(values, ScriptValue.Of(value), 1);
            return;
        }

        int more = reader.Count();
        for (int i = 0; i <= more; i++)
        {
            Repeat(values, ScriptValue.Of(value), 1);
            value += step;
        }
    }

    private static void Histogram(ref NotationReader reader, List<ScriptValue> values)
    {
        NativeHistogram value = HistogramNotation.Read(ref reader, out bool hintWritten);
        NativeHistogram? step = null;
        bool subtract = reader.Peek == '-';
        if (reader.TryTake("+") || reader.TryTake("-"))
        {
            step = HistogramNotation.Read(ref reader, out _);
            reader.Take("x");
        }

        int more = step is not null || reader.TryTake("x") ? reader.Count() : 0;
        for (int i = 0; i <= more; i++)
        {
            Repeat(values, new ScriptValue(false, 0, value, hintWritten), 1);
            value = step is null || i == more ? value : HistogramSteps.Combine(value, step, subtract);
        }
    }

    private static void StartTime(ref NotationReader reader, List<long?> offsets)
    {
        if (reader.TryTake("_"))
        {
            Repeat(offsets, null, reader.TryTake("x") ? reader.Count() : 1);
            return;
        }

        long offset = reader.Duration();
        bool stepped = reader.Peek is '+' or '-';
        long step = stepped ? reader.Duration() : 0;
        int more = reader.TryTake("x") ? reader.Count() : stepped ? throw reader.Unexpected() : 0;
        for (int i = 0; i <= more; i++)
        {
            Repeat(offsets, offset + (i * step), 1);
        }
    }

    private static void Repeat<T>(List<T> values, T value, int times)
    {
        if (values.Count + (long)times > PositionsMax)
        {
            throw new ScriptSyntaxException(0, $"series has more than {PositionsMax} values");
        }

        for (int i = 0; i < times; i++)
        {
            values.Add(value);
        }
    }

    private static Labels Metric(string text)
    {
        try
        {
            return Parser.ParseMetric(text);
        }
        catch (QueryException e)
        {
            throw new ScriptSyntaxException(0, e.Message);
        }
    }

    // A name, then at once { but not {{, up to its } outside quotes.
    private static int EndOfMetric(string line)
    {
        int at = 0;
        while (at < line.Length && (char.IsAsciiLetterOrDigit(line[at]) || line[at] is '_' or ':'))
        {
            at++;
        }

        if (at == line.Length || line[at] != '{' || line.AsSpan(at).StartsWith("{{"))
        {
            return at;
        }

        char quote = '\0';
        for (; at < line.Length; at++)
        {
            char c = line[at];
            if (quote != '\0')
            {
                at += c == '\\' && quote != '`' ? 1 : 0;
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'' or '`')
            {
                quote = c;
            }
            else if (c == '}')
            {
                return at + 1;
            }
        }

        return line.Length;
    }
}
