using Pleiad.Dashboards;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>What a move of documents came to.</summary>
/// <param name="Moved">Documents that are in the new store now, as they were.</param>
/// <param name="Left">Kind and id of those that are not, because the new store has others of their name.</param>
public sealed record DocumentMoveReport(int Moved, IReadOnlyList<string> Left);

/// <summary>
/// Moves dashboards, their history, folders and stars from one store to another, versions included. It can be broken off anywhere and done
/// again: what is there already stays as it is.
/// </summary>
public static class DocumentMove
{
    // Bodies are of some MiB at most.
    private const int PageSize = 16;
    private const int VersionsMax = 1000;

    /// <exception cref="ClusterStoreException">The new store did not answer.</exception>
    /// <exception cref="IOException">The old one did not.</exception>
    public static async Task<DocumentMoveReport> RunAsync(IDashboardDocuments from, IDocumentStore to, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        int moved = 0;
        var left = new List<string>();
        long after = 0;
        while (true)
        {
            IReadOnlyList<DashboardDocument> page = await from.ReadChangesAsync([], after, PageSize, cancel).ConfigureAwait(false);
            foreach (DashboardDocument document in page)
            {
                after = document.Revision;
                if (document.Kind == DocumentKinds.Version)
                {
                    // They go with their dashboard: the history of one is none of another's that has its uid.
                    continue;
                }

                // The history first: once a dashboard is there, somebody may change it, and it is another's from then on.
                if (document.Kind == DocumentKinds.Dashboard && await to.GetAsync(document.Kind, document.Id, cancel).ConfigureAwait(false) is null)
                {
                    moved += await MoveHistoryAsync(document.Id, from, to, cancel).ConfigureAwait(false);
                }

                if (await MoveAsync(document, to, cancel).ConfigureAwait(false))
                {
                    moved++;
                }
                else
                {
                    left.Add($"{document.Kind}/{document.Id}");
                }
            }

            if (page.Count < PageSize)
            {
                return new DocumentMoveReport(moved, left);
            }
        }
    }

    private static async Task<int> MoveHistoryAsync(string uid, IDashboardDocuments from, IDocumentStore to, CancellationToken cancel)
    {
        string prefix = DocumentKinds.VersionPrefix(uid);
        int moved = 0;
        foreach (DashboardDocument version in await from.ListAsync(DocumentKinds.Version, prefix, VersionsMax, cancel).ConfigureAwait(false))
        {
            if (!version.Id.StartsWith(prefix, StringComparison.Ordinal))
            {
                break;
            }

            moved += await MoveAsync(version, to, cancel).ConfigureAwait(false) ? 1 : 0;
        }

        return moved;
    }

    private static async Task<bool> MoveAsync(DashboardDocument document, IDocumentStore to, CancellationToken cancel)
    {
        try
        {
            if (await to.AdoptAsync(new Document(document.Kind, document.Id, document.Version, 0, document.IsDeleted, document.Body), cancel).ConfigureAwait(false))
            {
                return true;
            }
        }
        catch (ArgumentException)
        {
            // Its name or body is larger than the store takes: it stays where it is.
            return false;
        }

        // That it is there just as it is means that an earlier move was broken off behind it.
        return document.IsDeleted
            || (await to.GetAsync(document.Kind, document.Id, cancel).ConfigureAwait(false) is { } there
                && there.Version == document.Version && there.Body.Span.SequenceEqual(document.Body.Span));
    }
}
