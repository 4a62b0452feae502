using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>What becomes of a series on its way to a destination: external labels, then relabelling. Not thread-safe.</summary>
internal sealed class SeriesForwarding(RemoteWriteConfig config)
{
    private readonly LabelsBuilder _builder = new();

    /// <summary>The series as the receiver is to see it; null where relabelling drops it.</summary>
    public OutgoingSeries? Of(Labels labels)
    {
        _builder.Reset(labels);
        foreach (Label label in config.ExternalLabels)
        {
            if (!_builder.Has(label.Name))
            {
                _builder.Set(label.Name, label.Value);
            }
        }

        if (!config.Relabelling.Apply(_builder))
        {
            return null;
        }

        Labels sent = _builder.ToLabels();
        return sent.Count == 0 ? null : new OutgoingSeries(sent);
    }
}
