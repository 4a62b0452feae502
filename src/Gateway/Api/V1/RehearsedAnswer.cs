using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary>Answers of queries that nobody asked: written as for a client, and forgotten.</summary>
public static class RehearsedAnswer
{
    /// <summary>Writes the answer of a query to nobody.</summary>
    public static async ValueTask WriteAsync(QueryResult result, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(result);
        using var text = new JsonText(static (_, _) => default);
        await Envelope.WriteAsync(text, QueryEndpoints.AnswerOf(result), cancel).ConfigureAwait(false);
    }
}
