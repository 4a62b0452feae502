using System.Globalization;

namespace Pleiad.Dashboards;

/// <summary>The kinds of documents, and how their ids are made. Names on disk: they never change.</summary>
public static class DocumentKinds
{
    /// <summary>A dashboard; id is its uid.</summary>
    public const string Dashboard = "dashboard";

    /// <summary>A version of a dashboard that is no longer the newest; id is the uid and a place in a ring.</summary>
    public const string Version = "dashboard-version";

    /// <summary>A folder; id is its uid.</summary>
    public const string Folder = "dashboard-folder";

    /// <summary>A star; id is the user and the uid of a dashboard.</summary>
    public const string Star = "dashboard-star";

    /// <summary>What the ids of all old versions of a dashboard begin with.</summary>
    public static string VersionPrefix(string uid) => uid + "/";

    /// <summary>Where an old version is kept. Places are used again, so that a history never grows beyond its limit.</summary>
    public static string VersionId(string uid, long version, int versionsMax) =>
        VersionPrefix(uid) + (version % versionsMax).ToString("D4", CultureInfo.InvariantCulture);

    /// <summary>Where a star is kept.</summary>
    public static string StarId(string user, string uid) => user + "/" + uid;
}
