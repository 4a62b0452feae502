namespace Pleiad.Kernel;

/// <summary>A document as the store has it.</summary>
/// <param name="Kind">What sort of thing it is.</param>
/// <param name="Id">Its name among its kind.</param>
/// <param name="Version">Goes up by one with each change of it; never back, not even when it is deleted and made again.</param>
/// <param name="Revision">When it was changed, in an order over all documents; later changes have higher ones.</param>
/// <param name="IsDeleted">Whether only the memory of it is left; the body is then empty.</param>
/// <param name="Body">What it holds.</param>
public sealed record Document(string Kind, string Id, long Version, long Revision, bool IsDeleted, ReadOnlyMemory<byte> Body);

/// <summary>How a write of a document ended.</summary>
/// <param name="Result">The kind of end.</param>
/// <param name="Version">The version there is now; 0 when there is none.</param>
public readonly record struct DocumentWrite(DocumentResult Result, long Version);

/// <summary>How a write of a document ended.</summary>
public enum DocumentResult
{
    /// <summary>Written.</summary>
    Written,

    /// <summary>Somebody else has changed, made or deleted it meanwhile.</summary>
    Conflict,
}
