using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Makes addresses of Alertmanagers of what discovery found, by the rules of their group. Not thread-safe.</summary>
internal sealed class ReceiverAddress(AlertmanagerConfig config)
{
    private const string Path = "/api/v2/alerts";
    private const string PathLabel = "__alerts_path__";

    private readonly LabelsBuilder _labels = new();

    /// <summary>What is wrong with the address of a receiver; null where nothing is, or relabelling dropped it.</summary>
    /// <param name="own">Its labels, <c>__address__</c> among them.</param>
    /// <param name="group">Labels of its group; its own win.</param>
    public string? Problem(Labels own, Labels group)
    {
        _labels.Reset(group)
            .Set(TargetLabels.Scheme, config.Scheme)
            .Set(PathLabel, config.PathPrefix.TrimEnd('/') + Path);
        foreach (Label label in own)
        {
            _labels.Set(label.Name, label.Value);
        }

        if (!config.TargetRelabelling.Apply(_labels))
        {
            return null;
        }

        string address = _labels.Get(LabelName.Address);
        return address.Contains('/', StringComparison.Ordinal) ? $"{GoText.Quote(address)} is not a valid hostname" : null;
    }
}
