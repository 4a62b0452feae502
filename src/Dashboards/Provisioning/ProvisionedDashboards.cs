using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>A dashboard that a file on disk brings.</summary>
/// <param name="Summary">What a list says. Its version is made of the content, so that another content is another version.</param>
/// <param name="Json">As it came out of the import. Not to be changed.</param>
/// <param name="Path">The file, below its provider's folder.</param>
/// <param name="Hash">Of the content.</param>
/// <param name="MayBeEdited">Whether it can be saved here as well, until the file changes.</param>
public sealed record ProvisionedDashboard(DashboardSummary Summary, JsonObject Json, string Path, string Hash, bool MayBeEdited);

/// <summary>What files on disk bring, as of one look at them.</summary>
/// <param name="Dashboards">By uid.</param>
/// <param name="Folders">By uid.</param>
/// <param name="Problems">Files and dashboards that were passed over, and why.</param>
public sealed record ProvisionedDashboards(
    ImmutableDictionary<string, ProvisionedDashboard> Dashboards, ImmutableDictionary<string, DashboardFolder> Folders, IReadOnlyList<string> Problems)
{
    /// <summary>Nothing.</summary>
    public static readonly ProvisionedDashboards None = new(
        ImmutableDictionary<string, ProvisionedDashboard>.Empty, ImmutableDictionary<string, DashboardFolder>.Empty, []);

    /// <summary>A dashboard; null where no file brings it.</summary>
    public ProvisionedDashboard? Find(string uid) => Dashboards.GetValueOrDefault(uid);
}
