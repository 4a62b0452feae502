using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// What lists and searches need, in memory. It follows the changes of the store, so that what any node saved is found on all of them;
/// reading it never waits for whoever brings it up to date.
/// </summary>
internal sealed class DashboardIndex(IDashboardDocuments documents) : IDisposable
{
    private const int PageSize = 200;

    // Of the other kinds, and of a history that is most of what is stored, nothing is listed.
    private static readonly string[] Kinds = [DocumentKinds.Dashboard, DocumentKinds.Folder, DocumentKinds.Star];

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private Entries? _entries;

    /// <summary>What there is.</summary>
    /// <param name="Dashboards">By uid, with the hash of the provisioned file each was edited from, and the library panels it has.</param>
    /// <param name="Folders">By uid.</param>
    /// <param name="Stars">Ids of <see cref="DocumentKinds.Star"/>.</param>
    /// <param name="Revision">Of the last change in it.</param>
    public sealed record Entries(
        ImmutableSortedDictionary<string, (DashboardSummary Summary, string FileHash, IReadOnlyList<string> LibraryPanels)> Dashboards,
        ImmutableSortedDictionary<string, DashboardFolder> Folders,
        ImmutableSortedSet<string> Stars,
        long Revision)
    {
        public static readonly Entries Empty = new(
            ImmutableSortedDictionary.Create<string, (DashboardSummary, string, IReadOnlyList<string>)>(StringComparer.Ordinal),
            ImmutableSortedDictionary.Create<string, DashboardFolder>(StringComparer.Ordinal),
            ImmutableSortedSet.Create<string>(StringComparer.Ordinal),
            0);
    }

    /// <summary>Everything that was saved before the call; where the store does not answer, what it had last.</summary>
    public async Task<Entries> ReadAsync(CancellationToken cancel)
    {
        await _refreshing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return _entries = await FollowAsync(_entries ?? await LoadAsync(cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
        }
        catch (IOException) when (_entries is not null)
        {
            // The store is away: what was there last is better than nothing, and whoever saves is told by the store itself.
            DashboardMetrics.Stale();
            return _entries;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _refreshing.Dispose();

    private async Task<Entries> FollowAsync(Entries entries, CancellationToken cancel)
    {
        while (true)
        {
            IReadOnlyList<DashboardDocument> changes = await documents.ReadChangesAsync(Kinds, entries.Revision, PageSize, cancel).ConfigureAwait(false);
            foreach (DashboardDocument change in changes)
            {
                entries = With(entries, change) with { Revision = change.Revision };
            }

            if (changes.Count < PageSize)
            {
                return entries;
            }
        }
    }

    // What changes meanwhile comes as a change: the lists only say from where on, and the first of them is read first.
    private async Task<Entries> LoadAsync(CancellationToken cancel)
    {
        Entries entries = Entries.Empty;
        long revision = 0;
        foreach (string kind in Kinds)
        {
            string after = string.Empty;
            while (true)
            {
                IReadOnlyList<DashboardDocument> page = await documents.ListAsync(kind, after, PageSize, cancel).ConfigureAwait(false);
                foreach (DashboardDocument document in page)
                {
                    entries = With(entries, document);
                    revision = kind == DocumentKinds.Dashboard && after.Length == 0 ? Math.Max(revision, document.Revision) : revision;
                }

                if (page.Count < PageSize)
                {
                    break;
                }

                after = page[^1].Id;
            }
        }

        return entries with { Revision = revision };
    }

    private static Entries With(Entries entries, DashboardDocument document)
    {
        try
        {
            return WithReadable(entries, document);
        }
        catch (DashboardException)
        {
            // Of a later version of the program, say. It is not listed, whoever asks for it by name is told, and the others go on.
            DashboardMetrics.Unreadable();
            return entries;
        }
    }

    private static Entries WithReadable(Entries entries, DashboardDocument document) => document.Kind switch
    {
        DocumentKinds.Dashboard => entries with
        {
            Dashboards = document.IsDeleted ? entries.Dashboards.Remove(document.Id) : entries.Dashboards.SetItem(document.Id, Summary(document)),
        },
        DocumentKinds.Folder => entries with
        {
            Folders = document.IsDeleted ? entries.Folders.Remove(document.Id) : entries.Folders.SetItem(document.Id, FolderDocument.Of(document)),
        },
        DocumentKinds.Star => entries with { Stars = document.IsDeleted ? entries.Stars.Remove(document.Id) : entries.Stars.Add(document.Id) },
        _ => entries,
    };

    private static (DashboardSummary Summary, string FileHash, IReadOnlyList<string> LibraryPanels) Summary(DashboardDocument document)
    {
        DashboardEnvelope envelope = DashboardEnvelope.Of(document);
        return (
            Summarise(document.Id, envelope.Dashboard, envelope.FolderUid, document.Version, isProvisioned: false, envelope.Updated),
            envelope.FileHash,
            [.. LibraryElements.Present(envelope.Dashboard)]);
    }

    /// <summary>What a list says of a dashboard.</summary>
    public static DashboardSummary Summarise(string uid, JsonObject dashboard, string folderUid, long version, bool isProvisioned, DateTimeOffset updated) => new(
        uid,
        dashboard.Text("title") ?? string.Empty,
        [.. (dashboard.Array("tags") ?? []).Select(tag => tag.AsText()).OfType<string>()],
        folderUid,
        version,
        isProvisioned,
        updated);
}
