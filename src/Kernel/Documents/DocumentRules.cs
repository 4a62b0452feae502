namespace Pleiad.Kernel;

/// <summary>What every document store decides alike.</summary>
public static class DocumentRules
{
    /// <summary>Refuses names and bodies over their limits.</summary>
    /// <exception cref="ArgumentException">One of them is.</exception>
    public static void Check(string kind, string id, int bodyBytes)
    {
        CheckName(kind, nameof(kind));
        CheckName(id, nameof(id));
        if (bodyBytes > IDocumentStore.BodyBytesMax)
        {
            throw new ArgumentException($"the document \"{kind}/{id}\" has {bodyBytes} bytes; the limit is {IDocumentStore.BodyBytesMax}", nameof(bodyBytes));
        }
    }

    /// <summary>Whether a write may be done.</summary>
    /// <param name="storedVersion">Of what the store has; 0 when it never had any.</param>
    /// <param name="isDeleted">Whether that is a deleted one.</param>
    /// <param name="seenVersion">What the writer has seen; 0 when it saw none.</param>
    /// <param name="deletes">Whether the write is a deletion.</param>
    public static DocumentWrite Decide(long storedVersion, bool isDeleted, long seenVersion, bool deletes)
    {
        long there = isDeleted ? 0 : storedVersion;
        return seenVersion == there && !(deletes && there == 0)
            ? new DocumentWrite(DocumentResult.Written, storedVersion + 1)
            : new DocumentWrite(DocumentResult.Conflict, there);
    }

    private static void CheckName(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        if (name.Length > IDocumentStore.NameLengthMax)
        {
            throw new ArgumentException($"a name of {name.Length} characters exceeds {IDocumentStore.NameLengthMax}", parameter);
        }

        // PostgreSQL's text has no room for it.
        if (name.Contains('\0'))
        {
            throw new ArgumentException("a name holds the character NUL", parameter);
        }
    }
}
