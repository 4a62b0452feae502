namespace Pleiad.Exposition;

/// <summary>A page that does not follow its grammar: somebody else's mistake, with the place.</summary>
/// <param name="line">From 1; for protobuf the number of the message.</param>
/// <param name="column">From 1, in bytes; for protobuf the offset in the page.</param>
/// <param name="reason">What was expected, or what is wrong.</param>
public sealed class PageSyntaxException(int line, int column, string reason)
    : Exception($"line {line}, column {column}: {reason}")
{
    /// <summary>From 1; for protobuf the number of the message.</summary>
    public int Line { get; } = line;

    /// <summary>From 1, in bytes; for protobuf the offset in the page.</summary>
    public int Column { get; } = column;

    /// <summary>What was expected, or what is wrong.</summary>
    public string Reason { get; } = reason;

    internal static PageSyntaxException At(ReadOnlySpan<byte> page, int at, string reason)
    {
        ReadOnlySpan<byte> before = page[..Math.Clamp(at, 0, page.Length)];
        int line = System.MemoryExtensions.Count(before, (byte)'\n') + 1;
        int column = before.Length - before.LastIndexOf((byte)'\n');
        return new PageSyntaxException(line, column, reason);
    }
}

/// <summary>A page that goes beyond a limit; nothing of it is kept.</summary>
/// <param name="limit">The limit's name in <see cref="PageLimits"/>.</param>
/// <param name="message">What was found, and the limit.</param>
public sealed class PageLimitException(string limit, string message) : Exception(message)
{
    /// <summary>The limit's name.</summary>
    public string Limit { get; } = limit;
}
