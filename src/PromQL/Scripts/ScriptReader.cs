using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Reads test scripts: <c>clear</c>, <c>load</c> and <c>eval</c> with the lines that belong to them.</summary>
/// <remarks>The script language of Prometheus's promqltest, described in its README.</remarks>
public static class ScriptReader
{
    /// <summary>Characters of a script.</summary>
    public const int TextCharsMax = 16 << 20;

    /// <summary>Reads a script.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="text">The whole script.</param>
    /// <exception cref="ScriptSyntaxException">Not a script; says the line.</exception>
    public static Script Read(string name, string text)
    {
        if (text.Length > TextCharsMax)
        {
            throw new ScriptSyntaxException(1, $"script is longer than {TextCharsMax} characters");
        }

        string[] lines = [.. text.Split('\n').Select(Cleaned)];
        var commands = new List<ScriptCommand>();
        for (int i = 0; i < lines.Length;)
        {
            if (lines[i].Length == 0)
            {
                i++;
                continue;
            }

            int end = i + 1;
            bool block = !lines[i].Equals("clear", StringComparison.OrdinalIgnoreCase);
            while (block && end < lines.Length && lines[end].Length > 0)
            {
                end++;
            }

            commands.Add(Command(lines[i], i + 1, lines.AsSpan((i + 1)..end)));
            i = end;
        }

        return new Script(name, commands);
    }

    private static string Cleaned(string line)
    {
        string trimmed = line.Trim();
        return trimmed.StartsWith('#') ? string.Empty : trimmed;
    }

    private static ScriptCommand Command(string line, int number, ReadOnlySpan<string> block)
    {
        string word = FirstWord(line, out string rest);
        if (word.Equals("clear", StringComparison.OrdinalIgnoreCase))
        {
            return new ClearCommand(number);
        }

        if (word.Equals("load", StringComparison.OrdinalIgnoreCase) || word.Equals("load_with_nhcb", StringComparison.OrdinalIgnoreCase))
        {
            bool native = !word.Equals("load", StringComparison.OrdinalIgnoreCase);
            return new LoadCommand(number, Duration(rest, number), native, Loaded(block, number));
        }

        return word.StartsWith("eval", StringComparison.OrdinalIgnoreCase)
            ? EvalReader.Read(word, rest, number, block)
            : throw new ScriptSyntaxException(number, $"unknown command {GoQuote.Text(word)}");
    }

    private static List<LoadedSeries> Loaded(ReadOnlySpan<string> block, int number)
    {
        var series = new List<LoadedSeries>();
        (Labels Labels, IReadOnlyList<long?> Offsets)? starts = null;
        foreach (string line in block)
        {
            number++;
            try
            {
                if (SeriesNotation.IsStartTimes(line))
                {
                    starts = SeriesNotation.ReadStartTimes(line);
                    continue;
                }

                ScriptSeries one = SeriesNotation.Read(line);
                if (starts is { } given && (!given.Labels.Equals(one.Labels) || given.Offsets.Count != one.Values.Count))
                {
                    throw new ScriptSyntaxException(number, "start timestamps do not fit the series behind them");
                }

                series.Add(new LoadedSeries(one, starts?.Offsets));
                starts = null;
            }
            catch (ScriptSyntaxException e) when (e.Line == 0)
            {
                throw new ScriptSyntaxException(number, e.Reason);
            }
        }

        return starts is null ? series : throw new ScriptSyntaxException(number, "start timestamps without a series behind them");
    }

    /// <summary>The first word of a text, and what follows it.</summary>
    internal static string FirstWord(string text, out string rest)
    {
        int space = text.AsSpan().IndexOfAny(' ', '\t');
        rest = space < 0 ? string.Empty : text[space..].Trim();
        return space < 0 ? text : text[..space];
    }

    /// <summary>A duration with an optional minus.</summary>
    internal static TimeSpan Duration(string text, int line)
    {
        bool negative = text.StartsWith('-');
        return PrometheusDuration.TryParse(negative ? text.AsSpan(1) : text, out TimeSpan duration)
            ? negative ? -duration : duration
            : throw new ScriptSyntaxException(line, $"{GoQuote.Text(text)} is no duration");
    }
}
