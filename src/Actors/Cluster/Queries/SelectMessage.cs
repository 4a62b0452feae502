using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Which series are read: matchers, a range of time, and hints. For names and values of labels too.</summary>
internal static class SelectMessage
{
    /// <summary>Writes it into a message.</summary>
    /// <param name="label">Whose values are asked for; empty where none are.</param>
    public static void Write(MessageWriter into, IReadOnlyList<Matcher> matchers, TimeRange range, string label = "")
    {
        foreach (Matcher matcher in matchers)
        {
            int mark = into.Begin(1);
            into.Text(1, matcher.Name);
            into.Number(2, (ulong)matcher.Kind);
            into.Text(3, matcher.Value);
            into.End(mark);
        }

        into.Signed(2, range.After);
        into.Signed(3, range.Through);
        into.Text(4, label);
    }

    /// <summary>Writes a request with its hints into a message.</summary>
    public static void Write(MessageWriter into, SelectRequest request, bool labelsOnly)
    {
        Write(into, request.Matchers, request.Range);
        into.Number(5, (ulong)request.StepMs);
        into.Text(6, request.Function);
        into.Number(7, request.NewestOnly ? 1UL : 0);
        into.Number(8, (ulong)request.SeriesMax);
        into.Number(9, labelsOnly ? 1UL : 0);
        into.Number(10, request.ListsRollups ? 1UL : 0);
        if (request.Rollup is { } rollup)
        {
            RollupMessage.Write(into, 11, rollup);
        }
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static (SelectRequest Request, string Label, bool LabelsOnly) Read(ReadOnlySpan<byte> message)
    {
        var matchers = new List<Matcher>();
        long after = 0;
        long through = 0;
        long step = 0;
        string label = string.Empty;
        string function = string.Empty;
        bool newest = false;
        bool labelsOnly = false;
        bool listsRollups = false;
        RollupRequest? rollup = null;
        int seriesMax = 0;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    matchers.Add(Matcher(reader.Bytes()));
                    break;
                case 2:
                    after = reader.Signed();
                    break;
                case 3:
                    through = reader.Signed();
                    break;
                case 4:
                    label = reader.Text();
                    break;
                case 5:
                    step = (long)(reader.Number() & long.MaxValue);
                    break;
                case 6:
                    function = reader.Text();
                    break;
                case 7:
                    newest = reader.Number() != 0;
                    break;
                case 8:
                    seriesMax = reader.Number(int.MaxValue);
                    break;
                case 9:
                    labelsOnly = reader.Number() != 0;
                    break;
                case 10:
                    listsRollups = reader.Number() != 0;
                    break;
                case 11:
                    rollup = RollupMessage.Read(reader.Bytes());
                    break;
            }
        }

        var request = new SelectRequest(matchers, new TimeRange(after, through))
        {
            StepMs = step, Function = function, NewestOnly = newest, SeriesMax = seriesMax, ListsRollups = listsRollups, Rollup = rollup,
        };
        return (request, label, labelsOnly);
    }

    private static Matcher Matcher(ReadOnlySpan<byte> message)
    {
        string name = string.Empty;
        string value = string.Empty;
        int kind = 0;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    kind = reader.Number((int)MatchKind.NotRegex);
                    break;
                case 3:
                    value = reader.Text();
                    break;
            }
        }

        try
        {
            return new Matcher(name, (MatchKind)kind, value);
        }
        catch (RegexSyntaxException e)
        {
            throw new WireFormatException($"a matcher that cannot be: {e.Message}");
        }
    }
}
