using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>An error of a query on its way to the node that was asked: kind, words, place, limit.</summary>
public static class QueryErrorMessage
{
    /// <summary>Writes it into a message.</summary>
    public static void Write(MessageWriter into, QueryException error)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentNullException.ThrowIfNull(error);
        into.Number(1, (ulong)error.Kind);
        into.Text(2, error.Message);
        if (error.Span is { } span)
        {
            into.Number(3, (ulong)span.Start + 1);
            into.Number(4, (ulong)span.End + 1);
        }

        if (error.Limit is { } limit)
        {
            into.Text(5, limit);
        }
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static QueryException Read(ReadOnlySpan<byte> message)
    {
        int kind = 0;
        string text = string.Empty;
        int start = 0;
        int end = 0;
        string? limit = null;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    kind = reader.Number((int)QueryErrorKind.Internal);
                    break;
                case 2:
                    text = reader.Text();
                    break;
                case 3:
                    start = reader.Number(int.MaxValue);
                    break;
                case 4:
                    end = reader.Number(int.MaxValue);
                    break;
                case 5:
                    limit = reader.Text();
                    break;
            }
        }

        return new QueryException((QueryErrorKind)kind, text, start > 0 && end >= start ? new SourceSpan(start - 1, end - 1) : null)
        {
            Limit = limit,
        };
    }
}
