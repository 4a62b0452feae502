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
        var pair = new ProtoWriter();
        foreach (Label label in labels)
        {
            pair.Clear();
            pair.Text(1, label.Name);
            pair.Text(2, label.Value);
            message.Bytes(1, pair.Written);
        }

        _labels = message.Written.ToArray();
    }

    /// <summary>As the receiver is to see them.</summary>
    public Labels Labels { get; }

    /// <summary>The <c>labels</c> field of a <c>prometheus.TimeSeries</c>.</summary>
    internal ReadOnlySpan<byte> LabelFields => _labels;
}
