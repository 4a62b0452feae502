using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// All dashboards and folders: those that were saved here, and those that files on disk bring. Saves are optimistic: who has not seen the
/// last version is refused, so that two editors at once lose nothing. Any thread may call it.
/// </summary>
/// <param name="documents">Where they are kept.</param>
/// <param name="settings">Limits.</param>
/// <param name="time">The clock of "created" and "updated".</param>
/// <param name="newUid">Makes a uid that nobody has.</param>
public sealed class DashboardCatalog(IDashboardDocuments documents, DashboardSettings settings, TimeProvider time, Func<string> newUid) : IDisposable
{
    private const int RetriesMax = 5;

    private readonly DashboardIndex _index = new(documents);
    private volatile ProvisionedDashboards _provisioned = ProvisionedDashboards.None;

    /// <summary>What files on disk bring. Set by whoever watches them.</summary>
    public ProvisionedDashboards Provisioned
    {
        get => _provisioned;
        set => _provisioned = value;
    }

    /// <summary>What a dashboard may be at most.</summary>
    public DashboardLimits Limits => settings.Limits;

    /// <summary>Asks the store itself whether it answers.</summary>
    /// <exception cref="IOException">It does not.</exception>
    public async Task ProbeAsync(CancellationToken cancel) => await documents.ReadChangesAsync([], long.MaxValue, 1, cancel).ConfigureAwait(false);

    /// <summary>The dashboards that fit a query, by title.</summary>
    public async Task<IReadOnlyList<DashboardSummary>> SearchAsync(DashboardQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        DashboardIndex.Entries entries = await _index.ReadAsync(cancel).ConfigureAwait(false);
        string[] words = query.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return
        [
            .. All(entries)
                .Where(summary => words.All(word => summary.Title.Contains(word, StringComparison.OrdinalIgnoreCase))
                    && query.Tags.All(summary.Tags.Contains)
                    && query.FolderUids?.Contains(summary.FolderUid) != false
                    && query.Uids?.Contains(summary.Uid) != false
                    && (!query.StarredOnly || entries.Stars.Contains(DocumentKinds.StarId(query.User, summary.Uid))))
                .OrderBy(summary => summary.Title, StringComparer.OrdinalIgnoreCase)
                .ThenBy(summary => summary.Uid, StringComparer.Ordinal),
        ];
    }

    /// <summary>The uids a user has starred.</summary>
    public async Task<IReadOnlySet<string>> StarsAsync(string user, CancellationToken cancel)
    {
        DashboardIndex.Entries entries = await _index.ReadAsync(cancel).ConfigureAwait(false);
        string prefix = DocumentKinds.StarId(user, string.Empty);
        return entries.Stars.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).Select(id => id[prefix.Length..]).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Sets or takes away a star.</summary>
    /// <exception cref="DashboardException">There is no such dashboard.</exception>
    public async Task StarAsync(string user, string uid, bool starred, CancellationToken cancel)
    {
        DashboardIndex.Entries entries = await _index.ReadAsync(cancel).ConfigureAwait(false);
        if (starred && !All(entries).Any(summary => summary.Uid == uid))
        {
            throw NotFound();
        }

        string id = DocumentKinds.StarId(user, uid);
        if (starred && !entries.Stars.Contains(id))
        {
            // That somebody was faster is as good.
            await documents.PutAsync(DocumentKinds.Star, id, 0, "{}"u8.ToArray(), cancel).ConfigureAwait(false);
        }
        else if (!starred && await documents.GetAsync(DocumentKinds.Star, id, cancel).ConfigureAwait(false) is { } star)
        {
            await documents.DeleteAsync(DocumentKinds.Star, id, star.Version, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>A dashboard.</summary>
    /// <exception cref="DashboardException">There is none.</exception>
    public async Task<StoredDashboard> GetAsync(string uid, CancellationToken cancel)
    {
        ProvisionedDashboard? file = _provisioned.Find(uid);
        DashboardDocument? document = DashboardUid.IsValid(uid) ? await documents.GetAsync(DocumentKinds.Dashboard, uid, cancel).ConfigureAwait(false) : null;
        DashboardEnvelope? envelope = document is null ? null : DashboardEnvelope.Of(document);
        if (file is not null && envelope?.FileHash != file.Hash)
        {
            return Stamp(
                new StoredDashboard(file.Summary, (JsonObject)file.Json.DeepClone(), file.Summary.Updated, string.Empty, file.Path, file.MayBeEdited));
        }

        if (document is null || envelope is null)
        {
            throw NotFound();
        }

        DashboardSummary summary = DashboardIndex.Summarise(uid, envelope.Dashboard, envelope.FolderUid, document.Version, file is not null, envelope.Updated);
        return Stamp(new StoredDashboard(summary, envelope.Dashboard, envelope.Created, envelope.By, file?.Path ?? string.Empty, file?.MayBeEdited != false));
    }

    /// <summary>Migrates a dashboard as saving it would: library panels that did not come with it are taken from dashboards that have them.</summary>
    /// <param name="json">Is taken over and changed.</param>
    /// <param name="inputs">Values for its <c>__inputs</c>; null for the defaults.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="DashboardException">It is none, or too large.</exception>
    public async Task<ImportedDashboard> MigrateAsync(JsonObject json, IReadOnlyDictionary<string, string>? inputs, CancellationToken cancel)
    {
        ImportedDashboard imported = DashboardImport.Migrate(json, settings.Limits, inputs);
        string[] missing = [.. LibraryElements.Missing(imported.Dashboard)];
        if (missing.Length == 0)
        {
            return imported;
        }

        DashboardIndex.Entries entries = await _index.ReadAsync(cancel).ConfigureAwait(false);
        IEnumerable<string> holders = missing
            .Select(uid => entries.Dashboards.Values.Where(one => one.LibraryPanels.Contains(uid)).Select(static one => one.Summary).MaxBy(static one => one.Updated)?.Uid)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
        foreach (string holder in holders)
        {
            if (await documents.GetAsync(DocumentKinds.Dashboard, holder, cancel).ConfigureAwait(false) is { } document)
            {
                imported = LibraryElements.Take(imported, DashboardEnvelope.Of(document).Dashboard, settings.Limits);
            }
        }

        return imported;
    }

    /// <summary>Saves a dashboard: a new one, or a new version of one.</summary>
    /// <exception cref="DashboardException">It is none, somebody else changed it, it belongs to a file, or a limit is reached.</exception>
    public async Task<DashboardSaved> SaveAsync(DashboardSave save, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(save);
        double? named = save.Json.Number("version");
        ImportedDashboard imported = await MigrateAsync(save.Json, save.Inputs, cancel).ConfigureAwait(false);
        JsonObject json = imported.Dashboard;
        Check(json);
        string uid = json.Word("uid") ?? newUid();
        if (!DashboardUid.IsValid(uid) && save.Inputs is not null)
        {
            // Of another installation, which had other rules: whoever imports wants the dashboard.
            uid = newUid();
        }
        else if (!DashboardUid.IsValid(uid))
        {
            throw new DashboardException(DashboardFault.Invalid, $"a uid is 1 to {DashboardLimits.UidCharsMax} letters, digits, hyphens and underscores");
        }

        json["uid"] = uid;
        // What came in may have been smaller, or had something around it: what is stored has to be importable again.
        if (DashboardJson.Write(json).Length is var bytes && bytes > settings.Limits.BytesMax)
        {
            throw new DashboardException(DashboardFault.TooLarge, $"the dashboard has {bytes} bytes, more than {settings.Limits.BytesMax}");
        }

        ProvisionedDashboard? file = _provisioned.Find(uid);
        if (file is { MayBeEdited: false })
        {
            throw new DashboardException(DashboardFault.Provisioned, $"the dashboard comes from the file {file.Path} and is changed there");
        }

        long seen = save.SeenVersion ?? (long)(named ?? 0);
        for (int attempt = 0; attempt < RetriesMax; attempt++)
        {
            DashboardIndex.Entries entries = await _index.ReadAsync(cancel).ConfigureAwait(false);
            DashboardDocument? old = await documents.GetAsync(DocumentKinds.Dashboard, uid, cancel).ConfigureAwait(false);
            DashboardEnvelope? before = old is null ? null : DashboardEnvelope.Of(old);
            // A file that changed since it was edited here stands for itself: its version is what the writer must have seen.
            long current = file is not null && before?.FileHash != file.Hash ? file.Summary.Version : old?.Version ?? 0;
            if (current > 0 && seen != current && !save.Overwrite)
            {
                throw new DashboardException(DashboardFault.Conflict, "The dashboard has been changed by someone else");
            }

            if (old is null && entries.Dashboards.Count >= settings.CountMax)
            {
                throw new DashboardException(DashboardFault.TooLarge, $"there are {settings.CountMax} dashboards already");
            }

            string folder = save.FolderUid ?? before?.FolderUid ?? file?.Summary.FolderUid ?? string.Empty;
            if (folder.Length > 0 && !entries.Folders.ContainsKey(folder) && !_provisioned.Folders.ContainsKey(folder))
            {
                throw new DashboardException(DashboardFault.Invalid, "folder not found");
            }

            DateTimeOffset now = time.GetUtcNow();
            var envelope = new DashboardEnvelope(
                json, folder, before?.Created ?? now, now, save.By, save.Message, save.RestoredFrom, file?.Hash ?? string.Empty, Version: 0);
            if (old is not null)
            {
                await ArchiveAsync(uid, old, before!, cancel).ConfigureAwait(false);
            }

            if (await documents.PutAsync(DocumentKinds.Dashboard, uid, old?.Version ?? 0, envelope.ToBytes(), cancel).ConfigureAwait(false) is { } version)
            {
                DashboardMetrics.Saved();
                return new DashboardSaved(DashboardIndex.Summarise(uid, json, folder, version, file is not null, now), imported.Report);
            }
        }

        throw new DashboardException(DashboardFault.Conflict, "The dashboard has been changed by someone else");
    }

    /// <summary>Deletes a dashboard with its history.</summary>
    /// <returns>What it was.</returns>
    /// <exception cref="DashboardException">There is none, it belongs to a file, or somebody else changes it all the time.</exception>
    public async Task<DashboardSummary> DeleteAsync(string uid, CancellationToken cancel)
    {
        if (_provisioned.Find(uid) is { } file)
        {
            throw new DashboardException(DashboardFault.Provisioned, $"the dashboard comes from the file {file.Path} and is deleted there");
        }

        for (int attempt = 0; attempt < RetriesMax; attempt++)
        {
            StoredDashboard dashboard = await GetAsync(uid, cancel).ConfigureAwait(false);
            if (await documents.DeleteAsync(DocumentKinds.Dashboard, uid, dashboard.Summary.Version, cancel).ConfigureAwait(false))
            {
                foreach (DashboardDocument version in await HistoryAsync(uid, cancel).ConfigureAwait(false))
                {
                    await documents.DeleteAsync(DocumentKinds.Version, version.Id, version.Version, cancel).ConfigureAwait(false);
                }

                return dashboard.Summary;
            }
        }

        throw new DashboardException(DashboardFault.Conflict, "The dashboard has been changed by someone else");
    }

    /// <summary>The versions of a dashboard that are kept, the newest first.</summary>
    /// <exception cref="DashboardException">There is no such dashboard.</exception>
    public async Task<IReadOnlyList<DashboardVersion>> VersionsAsync(string uid, CancellationToken cancel)
    {
        if (_provisioned.Find(uid) is { } file && await documents.GetAsync(DocumentKinds.Dashboard, uid, cancel).ConfigureAwait(false) is null)
        {
            return [new DashboardVersion(file.Summary.Version, 0, file.Summary.Updated, string.Empty, "from the file " + file.Path)];
        }

        DashboardDocument newest = await documents.GetAsync(DocumentKinds.Dashboard, uid, cancel).ConfigureAwait(false) ?? throw NotFound();
        IEnumerable<DashboardEnvelope> old = (await HistoryAsync(uid, cancel).ConfigureAwait(false)).Select(DashboardEnvelope.Of);
        return
        [
            .. old.Where(envelope => envelope.Version < newest.Version)
                .Append(DashboardEnvelope.Of(newest) with { Version = newest.Version })
                .OrderByDescending(envelope => envelope.Version)
                .Take(settings.VersionsMax)
                .Select(envelope => new DashboardVersion(envelope.Version, envelope.RestoredFrom, envelope.Updated, envelope.By, envelope.Message)),
        ];
    }

    /// <summary>A version of a dashboard.</summary>
    /// <exception cref="DashboardException">There is none, or none any more.</exception>
    public async Task<(DashboardVersion Version, JsonObject Json)> VersionAsync(string uid, long version, CancellationToken cancel)
    {
        StoredDashboard newest = await GetAsync(uid, cancel).ConfigureAwait(false);
        foreach (DashboardVersion known in await VersionsAsync(uid, cancel).ConfigureAwait(false))
        {
            if (known.Version != version)
            {
                continue;
            }

            if (newest.Summary.Version == version)
            {
                return (known, newest.Json);
            }

            // Not by its place: the number of places may have been another when it was written.
            IReadOnlyList<DashboardDocument> history = await HistoryAsync(uid, cancel).ConfigureAwait(false);
            if (history.Select(DashboardEnvelope.Of).FirstOrDefault(envelope => envelope.Version == version) is { } found)
            {
                found.Dashboard["version"] = version;
                return (known, found.Dashboard);
            }
        }

        throw new DashboardException(DashboardFault.NotFound, "Dashboard version not found");
    }

    /// <summary>Saves an old version as the newest.</summary>
    /// <exception cref="DashboardException">There is none, or somebody else changed the dashboard meanwhile.</exception>
    public async Task<DashboardSaved> RestoreAsync(string uid, long version, string by, CancellationToken cancel)
    {
        StoredDashboard newest = await GetAsync(uid, cancel).ConfigureAwait(false);
        (_, JsonObject json) = await VersionAsync(uid, version, cancel).ConfigureAwait(false);
        json["uid"] = uid;
        return await SaveAsync(
            new DashboardSave(json, FolderUid: null, $"Restored from version {version}", Overwrite: false, by)
            {
                RestoredFrom = version, SeenVersion = newest.Summary.Version,
            },
            cancel).ConfigureAwait(false);
    }

    /// <summary>All folders, by title.</summary>
    public async Task<IReadOnlyList<DashboardFolder>> FoldersAsync(CancellationToken cancel)
    {
        DashboardIndex.Entries entries = await _index.ReadAsync(cancel).ConfigureAwait(false);
        return
        [
            .. entries.Folders.Values
                .Concat(_provisioned.Folders.Where(folder => !entries.Folders.ContainsKey(folder.Key)).Select(folder => folder.Value))
                .OrderBy(folder => folder.Title, StringComparer.OrdinalIgnoreCase)
                .ThenBy(folder => folder.Uid, StringComparer.Ordinal),
        ];
    }

    /// <summary>A folder.</summary>
    /// <exception cref="DashboardException">There is none.</exception>
    public async Task<DashboardFolder> FolderAsync(string uid, CancellationToken cancel) =>
        (await FoldersAsync(cancel).ConfigureAwait(false)).FirstOrDefault(folder => folder.Uid == uid)
        ?? throw new DashboardException(DashboardFault.NotFound, "folder not found");

    /// <summary>Makes a folder.</summary>
    /// <param name="uid">Null for any.</param>
    /// <exception cref="DashboardException">The uid or the title will not do, or the uid is taken.</exception>
    public async Task<DashboardFolder> CreateFolderAsync(string? uid, string title, CancellationToken cancel)
    {
        CheckTitle(title);
        uid = string.IsNullOrEmpty(uid) ? newUid() : uid;
        if (!DashboardUid.IsValid(uid))
        {
            throw new DashboardException(DashboardFault.Invalid, $"a uid is 1 to {DashboardLimits.UidCharsMax} letters, digits, hyphens and underscores");
        }

        IReadOnlyList<DashboardFolder> folders = await FoldersAsync(cancel).ConfigureAwait(false);
        if (folders.Count >= settings.CountMax)
        {
            throw new DashboardException(DashboardFault.TooLarge, $"there are {settings.CountMax} folders already");
        }

        DateTimeOffset now = time.GetUtcNow();
        return !folders.Any(folder => folder.Uid == uid)
            && await documents.PutAsync(DocumentKinds.Folder, uid, 0, FolderDocument.ToBytes(title, now, now), cancel).ConfigureAwait(false) is { } version
            ? new DashboardFolder(uid, title, version, now, now)
            : throw new DashboardException(DashboardFault.Exists, "a folder with that uid already exists");
    }

    /// <summary>Gives a folder another title.</summary>
    /// <param name="seenVersion">The version its writer saw; null to overwrite.</param>
    /// <exception cref="DashboardException">There is none, it belongs to files, or somebody else changed it.</exception>
    public async Task<DashboardFolder> RenameFolderAsync(string uid, string title, long? seenVersion, CancellationToken cancel)
    {
        CheckTitle(title);
        DashboardFolder folder = await OwnFolderAsync(uid, cancel).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        return (seenVersion is null || seenVersion == folder.Version)
            && await documents.PutAsync(DocumentKinds.Folder, uid, folder.Version, FolderDocument.ToBytes(title, folder.Created, now), cancel).ConfigureAwait(false) is { } version
            ? new DashboardFolder(uid, title, version, folder.Created, now)
            : throw new DashboardException(DashboardFault.Conflict, "the folder has been changed by someone else");
    }

    /// <summary>Deletes a folder and the dashboards in it.</summary>
    /// <exception cref="DashboardException">There is none, it or a dashboard in it belongs to files, or somebody else changed it.</exception>
    public async Task<DashboardFolder> DeleteFolderAsync(string uid, CancellationToken cancel)
    {
        DashboardFolder folder = await OwnFolderAsync(uid, cancel).ConfigureAwait(false);
        IReadOnlyList<DashboardSummary> inside = await SearchAsync(new DashboardQuery { FolderUids = [uid] }, cancel).ConfigureAwait(false);
        if (inside.FirstOrDefault(dashboard => dashboard.IsProvisioned) is { } provisioned)
        {
            throw new DashboardException(DashboardFault.Provisioned, $"the dashboard {provisioned.Title} in it comes from a file");
        }

        foreach (DashboardSummary dashboard in inside)
        {
            await DeleteAsync(dashboard.Uid, cancel).ConfigureAwait(false);
        }

        return await documents.DeleteAsync(DocumentKinds.Folder, uid, folder.Version, cancel).ConfigureAwait(false)
            ? folder
            : throw new DashboardException(DashboardFault.Conflict, "the folder has been changed by someone else");
    }

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();

    private static DashboardException NotFound() => new(DashboardFault.NotFound, "Dashboard not found");

    private static void Check(JsonObject dashboard)
    {
        CheckTitle(dashboard.Text("title") ?? string.Empty);
        if (dashboard.Array("tags") is { Count: > DashboardLimits.TagsMax })
        {
            throw new DashboardException(DashboardFault.TooLarge, $"the dashboard has more than {DashboardLimits.TagsMax} tags");
        }
    }

    private static void CheckTitle(string title)
    {
        if (string.IsNullOrWhiteSpace(title))
        {
            throw new DashboardException(DashboardFault.Invalid, "the title cannot be empty");
        }

        if (title.Length > DashboardLimits.TitleCharsMax)
        {
            throw new DashboardException(DashboardFault.TooLarge, $"the title has more than {DashboardLimits.TitleCharsMax} characters");
        }
    }

    private static StoredDashboard Stamp(StoredDashboard dashboard)
    {
        dashboard.Json["uid"] = dashboard.Summary.Uid;
        dashboard.Json["version"] = dashboard.Summary.Version;
        return dashboard;
    }

    // A saved dashboard takes the place of a file's where it was edited from that very file.
    private IEnumerable<DashboardSummary> All(DashboardIndex.Entries entries)
    {
        foreach ((string uid, (DashboardSummary summary, string fileHash, _)) in entries.Dashboards)
        {
            ProvisionedDashboard? file = _provisioned.Find(uid);
            yield return file is null ? summary : file.Hash == fileHash ? summary with { IsProvisioned = true } : file.Summary;
        }

        foreach (ProvisionedDashboard file in _provisioned.Dashboards.Values)
        {
            if (!entries.Dashboards.ContainsKey(file.Summary.Uid))
            {
                yield return file.Summary;
            }
        }
    }

    // Before its successor is written, so that no crash can lose it; that it is there twice for a moment does no harm.
    private async Task ArchiveAsync(string uid, DashboardDocument document, DashboardEnvelope envelope, CancellationToken cancel)
    {
        string id = DocumentKinds.VersionId(uid, document.Version, settings.VersionsMax);
        DashboardDocument? place = await documents.GetAsync(DocumentKinds.Version, id, cancel).ConfigureAwait(false);
        if (place is null || DashboardEnvelope.Of(place).Version < document.Version)
        {
            // Refused where another writer archives the very same version.
            await documents.PutAsync(DocumentKinds.Version, id, place?.Version ?? 0, (envelope with { Version = document.Version }).ToBytes(), cancel).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<DashboardDocument>> HistoryAsync(string uid, CancellationToken cancel)
    {
        string prefix = DocumentKinds.VersionPrefix(uid);
        // One more than there can be: a limit that was lowered leaves older places behind.
        IReadOnlyList<DashboardDocument> page = await documents.ListAsync(DocumentKinds.Version, prefix, 1000, cancel).ConfigureAwait(false);
        return [.. page.TakeWhile(document => document.Id.StartsWith(prefix, StringComparison.Ordinal))];
    }

    private async Task<DashboardFolder> OwnFolderAsync(string uid, CancellationToken cancel)
    {
        DashboardFolder folder = await FolderAsync(uid, cancel).ConfigureAwait(false);
        return folder.IsProvisioned
            ? throw new DashboardException(DashboardFault.Provisioned, "the folder comes from files and is changed there")
            : folder;
    }
}
