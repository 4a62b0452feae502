namespace Pleiad.Dashboards;

/// <summary>What a list says of a dashboard.</summary>
/// <param name="Uid">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Tags">Its tags, in its order.</param>
/// <param name="FolderUid">Empty for no folder.</param>
/// <param name="Version">Of the document, or of the file on this node.</param>
/// <param name="IsProvisioned">Whether a file on disk is its source.</param>
/// <param name="Updated">When it was changed.</param>
public sealed record DashboardSummary(
    string Uid, string Title, IReadOnlyList<string> Tags, string FolderUid, long Version, bool IsProvisioned, DateTimeOffset Updated)
{
    /// <summary>Its address, from the page's root on.</summary>
    public string Url => $"/d/{Uid}/{Slug.Of(Title)}";
}

/// <summary>A dashboard with what is known about it.</summary>
/// <param name="Summary">What a list says.</param>
/// <param name="Json">The dashboard, with its uid and version written into it.</param>
/// <param name="Created">When it was made.</param>
/// <param name="UpdatedBy">Empty where nobody logs in.</param>
/// <param name="File">The provisioned file, below its folder; empty for none.</param>
/// <param name="CanSave">Whether it can be changed here.</param>
public sealed record StoredDashboard(
    DashboardSummary Summary, System.Text.Json.Nodes.JsonObject Json, DateTimeOffset Created, string UpdatedBy, string File, bool CanSave);

/// <summary>A folder.</summary>
/// <param name="Uid">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Version">0 for one that files on disk brought.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Updated">When it was changed.</param>
public sealed record DashboardFolder(string Uid, string Title, long Version, DateTimeOffset Created, DateTimeOffset Updated)
{
    /// <summary>Whether files on disk brought it.</summary>
    public bool IsProvisioned => Version == 0;
}

/// <summary>One of the versions of a dashboard.</summary>
/// <param name="Version">Its number.</param>
/// <param name="RestoredFrom">The version it brought back; 0 for none.</param>
/// <param name="Saved">When.</param>
/// <param name="By">Who.</param>
/// <param name="Message">Why.</param>
public sealed record DashboardVersion(long Version, long RestoredFrom, DateTimeOffset Saved, string By, string Message);

/// <summary>What is asked to be saved.</summary>
/// <param name="Json">The dashboard in any form that can be imported. Is taken over.</param>
/// <param name="FolderUid">Where it goes; null for where it is.</param>
/// <param name="Message">Why.</param>
/// <param name="Overwrite">Whether it replaces what somebody else saved meanwhile.</param>
/// <param name="By">Who saves.</param>
/// <param name="Inputs">Values for its <c>__inputs</c>.</param>
public sealed record DashboardSave(
    System.Text.Json.Nodes.JsonObject Json, string? FolderUid, string Message, bool Overwrite, string By, IReadOnlyDictionary<string, string>? Inputs = null)
{
    /// <summary>The version this one brings back; 0 for none.</summary>
    public long RestoredFrom { get; init; }

    /// <summary>The version its writer saw; null for the one that the dashboard's JSON names.</summary>
    public long? SeenVersion { get; init; }
}

/// <summary>What became of a save.</summary>
/// <param name="Summary">As it is now.</param>
/// <param name="Report">Panel by panel.</param>
public sealed record DashboardSaved(DashboardSummary Summary, ImportReport Report);

/// <summary>What is searched for. All of it has to hold.</summary>
public sealed record DashboardQuery
{
    /// <summary>Words, all of which occur in the title; case does not matter.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Tags, all of which a dashboard has.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Folders to look in; an empty text is the place of those in none. Null for everywhere.</summary>
    public IReadOnlyList<string>? FolderUids { get; init; }

    /// <summary>Uids asked for; null for all.</summary>
    public IReadOnlyList<string>? Uids { get; init; }

    /// <summary>Whether only what the user starred is wanted.</summary>
    public bool StarredOnly { get; init; }

    /// <summary>Whose stars.</summary>
    public string User { get; init; } = string.Empty;
}
