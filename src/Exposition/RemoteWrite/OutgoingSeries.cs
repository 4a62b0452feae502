using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>A series as remote write sends it; its labels are encoded once.</summary>
public sealed class OutgoingSeries
{
    private readonly byte[] _labels;

    /// <param name="labels">As the receiver is to see them: relabelled, external labels included.</param>
    public OutgoingSeries(Labels labels)
    {
        Labels = labels;
        var message = new ProtoWriter();
        message.Labels(1, labels, new ProtoWriter());
        _labels = message.Written.ToArray();
    }

    /// <summary>As the receiver is to see them.</summary>
    public Labels Labels { get; }

    /// <summary>The <c>labels</c> field of a <c>prometheus.TimeSeries</c>.</summary>
    internal ReadOnlySpan<byte> LabelFields => _labels;
}
