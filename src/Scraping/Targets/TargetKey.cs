using System.Globalization;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>
/// Identity of a target within its pool: all labels that relabelling left (scheme, path, parameters, interval and timeout among them)
/// and the URL. It is the same after every rediscovery, restart and move to another node, whatever <c>__meta_</c> labels say.
/// </summary>
public readonly record struct TargetKey(ulong LabelsHash, ulong UrlHash)
{
    /// <summary>One number of both halves, for the place of the target inside its interval.</summary>
    public ulong Hash => LabelsHash ^ ulong.RotateLeft(UrlHash, 31);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LabelsHash:x16}{UrlHash:x16}");

    internal static TargetKey Of(Labels labels, string url) => new(labels.Hash, Model.LabelsHash.Of(url));
}
