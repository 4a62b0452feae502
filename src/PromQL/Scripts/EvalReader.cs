using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Reads an <c>eval</c> command and the expectations below it.</summary>
internal static class EvalReader
{
    /// <summary>Reads the command.</summary>
    /// <param name="word"><c>eval</c>, or an old spelling such as <c>eval_fail</c>.</param>
    /// <param name="rest">Behind the word.</param>
    /// <param name="number">Line of the command.</param>
    /// <param name="block">The lines below.</param>
    public static EvalCommand Read(string word, string rest, int number, ReadOnlySpan<string> block)
    {
        EvalTimes times = Times(ref rest, number);
        EvalExpectation expected = word.ToLowerInvariant() switch
        {
            "eval" => new EvalExpectation(),
            "eval_fail" => new EvalExpectation { Fails = true },
            "eval_warn" => new EvalExpectation { Warnings = new AnnotationExpectation(true, []) },
            "eval_info" => new EvalExpectation { Infos = new AnnotationExpectation(true, []) },
            "eval_ordered" => new EvalExpectation { Ordered = true },
            _ => throw new ScriptSyntaxException(number, $"unknown command {GoQuote.Text(word)}"),
        };

        var series = new List<ScriptSeries>();
        int line = number;
        foreach (string text in block)
        {
            line++;
            expected = Line(expected, text, line, series);
        }

        return new EvalCommand(number, rest, times, expected with { Series = series });
    }

    private static EvalTimes Times(ref string rest, int number)
    {
        string kind = ScriptReader.FirstWord(rest, out rest);
        if (kind.Equals("instant", StringComparison.OrdinalIgnoreCase))
        {
            var at = new Timestamp((long)Named("at", ref rest, number).TotalMilliseconds);
            return new EvalTimes(false, at, at, TimeSpan.Zero);
        }

        if (!kind.Equals("range", StringComparison.OrdinalIgnoreCase))
        {
            throw new ScriptSyntaxException(number, "eval is followed by instant or range");
        }

        return Range(ref rest, number);
    }

    private static EvalTimes Range(ref string rest, int number)
    {
        TimeSpan from = Named("from", ref rest, number);
        TimeSpan to = Named("to", ref rest, number);
        TimeSpan step = Named("step", ref rest, number);
        if (step <= TimeSpan.Zero || to < from)
        {
            throw new ScriptSyntaxException(number, "a range needs a step above zero and an end that is not before its start");
        }

        return new EvalTimes(true, new Timestamp((long)from.TotalMilliseconds), new Timestamp((long)to.TotalMilliseconds), step);
    }

    private static TimeSpan Named(string name, ref string rest, int number)
    {
        string word = ScriptReader.FirstWord(rest, out rest);
        if (!word.Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            throw new ScriptSyntaxException(number, $"{name} expected, {GoQuote.Text(word)} found");
        }

        return ScriptReader.Duration(ScriptReader.FirstWord(rest, out rest), number);
    }

    private static EvalExpectation Line(EvalExpectation expected, string text, int number, List<ScriptSeries> series)
    {
        string word = ScriptReader.FirstWord(text, out string rest);
        switch (word)
        {
            case "expect":
                return Expect(expected, rest, number);
            case "expected_fail_message":
                return expected with { Errors = [.. expected.Errors, TextCondition.Equal(rest)] };
            case "expected_fail_regexp":
                return expected with { Errors = [.. expected.Errors, Pattern(rest, number)] };
        }

        if (Number(text) is { } scalar)
        {
            return expected with { Scalar = scalar };
        }

        try
        {
            series.Add(SeriesNotation.Read(text));
            return expected;
        }
        catch (ScriptSyntaxException e) when (e.Line == 0)
        {
            throw new ScriptSyntaxException(number, e.Reason);
        }
    }

    private static EvalExpectation Expect(EvalExpectation expected, string text, int number)
    {
        string what = ScriptReader.FirstWord(text, out string rest);
        switch (what)
        {
            case "fail":
                return expected with { Fails = true, Errors = [.. expected.Errors, .. Conditions(rest, number)] };
            case "warn":
                return expected with { Warnings = More(expected.Warnings, rest, number) };
            case "info":
                return expected with { Infos = More(expected.Infos, rest, number) };
            case "no_warn":
                return expected with { Warnings = new AnnotationExpectation(false, []) };
            case "no_info":
                return expected with { Infos = new AnnotationExpectation(false, []) };
            case "ordered":
                return expected with { Ordered = true };
            case "string":
                return expected with { Text = StringLiteral(rest, number) };
            case "range":
                if (ScriptReader.FirstWord(rest, out rest) == "vector")
                {
                    return expected with { RangeVector = Range(ref rest, number) };
                }

                break;
        }

        throw new ScriptSyntaxException(number, $"unknown expectation {GoQuote.Text(text)}");
    }

    private static AnnotationExpectation More(AnnotationExpectation before, string rest, int number) =>
        new(true, [.. before.Texts, .. Conditions(rest, number)]);

    private static TextCondition[] Conditions(string rest, int number)
    {
        if (rest.Length == 0)
        {
            return [];
        }

        const string Message = "msg:";
        const string Regex = "regex:";
        return rest.StartsWith(Message, StringComparison.Ordinal) ? [TextCondition.Equal(rest[Message.Length..].Trim())]
            : rest.StartsWith(Regex, StringComparison.Ordinal) ? [Pattern(rest[Regex.Length..].Trim(), number)]
            : throw new ScriptSyntaxException(number, "msg: or regex: expected");
    }

    private static TextCondition Pattern(string pattern, int number)
    {
        try
        {
            return TextCondition.Contains(pattern);
        }
        catch (RegexSyntaxException e)
        {
            throw new ScriptSyntaxException(number, e.Message);
        }
    }

    private static string StringLiteral(string text, int number)
    {
        try
        {
            return Parser.Parse(text, new EngineSettings()) is StringLiteral literal
                ? literal.Value
                : throw new ScriptSyntaxException(number, "a string in quotes expected");
        }
        catch (QueryException e)
        {
            throw new ScriptSyntaxException(number, e.Message);
        }
    }

    private static double? Number(string text)
    {
        int sign = text[0] is '-' or '+' ? 1 : 0;
        return NumberText.Read(text.AsSpan(sign), out double value) is null ? text[0] == '-' ? -value : value : null;
    }
}
