namespace Pleiad.Kernel;

/// <summary>Small named things that all nodes share, each changed only by who has seen its last version.</summary>
public interface IDocumentStore
{
    /// <summary>Bytes of a body at most.</summary>
    const int BodyBytesMax = 8 << 20;

    /// <summary>Characters of a kind or an id at most.</summary>
    const int NameLengthMax = 256;

    /// <summary>The document; null when there is none, or none any more.</summary>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    ValueTask<Document?> GetAsync(string kind, string id, CancellationToken cancel) => GetUnlessAsync(kind, id, 0, cancel);

    /// <summary>The document, unless it still has the version that was seen; null then, and when there is none. Who looks again and again gets no body twice.</summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="id">Which one.</param>
    /// <param name="seenVersion">The version not wanted; 0 for none.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <remarks>A store that was restored to an earlier state gives versions out again: who must not miss that reads whole now and then.</remarks>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    ValueTask<Document?> GetUnlessAsync(string kind, string id, long seenVersion, CancellationToken cancel);

    /// <summary>The documents of a kind in the order of their ids (by the value of their characters), without those deleted.</summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="afterId">The last one not wanted; empty for the beginning.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    ValueTask<IReadOnlyList<Document>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel);

    /// <summary>Writes a document.</summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="id">Which one.</param>
    /// <param name="seenVersion">The version it replaces; 0 when there must be none.</param>
    /// <param name="body">What it shall hold.</param>
    /// <param name="cancel">Leaves open whether it was written.</param>
    /// <exception cref="ClusterStoreException">What became of it is unknown: read.</exception>
    /// <exception cref="ArgumentException">A name or the body is over its limit, or a name is empty.</exception>
    ValueTask<DocumentWrite> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel);

    /// <summary>Deletes a document; its versions go on where they were should it be made again.</summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="id">Which one.</param>
    /// <param name="seenVersion">The version that is deleted.</param>
    /// <param name="cancel">Leaves open whether it was deleted.</param>
    /// <exception cref="ClusterStoreException">What became of it is unknown: read.</exception>
    ValueTask<DocumentWrite> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel);

    /// <summary>Takes a document over from another store with its version, so that whoever has seen it there has seen it here.</summary>
    /// <param name="document">Alive or deleted; its revision is given anew.</param>
    /// <param name="cancel">Leaves open whether it was taken over.</param>
    /// <returns>Whether it was; not where there is or ever was one of its name.</returns>
    /// <exception cref="ClusterStoreException">What became of it is unknown: read.</exception>
    /// <exception cref="ArgumentException">A name or the body is over its limit, or a name is empty.</exception>
    ValueTask<bool> AdoptAsync(Document document, CancellationToken cancel);

    /// <summary>What has changed behind a revision, in the order of the changes: of each document its last state only, deleted ones too.</summary>
    /// <param name="kinds">Of which kinds; none for all.</param>
    /// <param name="afterRevision">The last one not wanted; 0 for everything.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    ValueTask<IReadOnlyList<Document>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel);
}
