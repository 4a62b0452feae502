namespace Pleiad.Model;

/// <summary>
/// A series as its writer knows it. The writer keeps one key for each series and puts it into every batch;
/// the shard that owns the series notes its own place in it, so that the next append needs no lookup.
/// </summary>
/// <remarks>
/// <see cref="Owner"/>, <see cref="Slot"/> and <see cref="Generation"/> are written by the owning shard alone, inside its turn.
/// A writer only passes the key on. A shard that finds itself not to be <see cref="Owner"/>, or the slot reused
/// (another generation), looks the labels up and writes its place anew.
/// </remarks>
public class SeriesKey
{
    private Labels? _labels;

    /// <summary>A key that no shard has seen.</summary>
    public SeriesKey(Labels labels) => _labels = labels ?? throw new ArgumentNullException(nameof(labels));

    /// <summary>A key that tells its labels from the first time on, and does not keep them.</summary>
    protected SeriesKey()
    {
    }

    /// <summary>The series' labels, external labels excluded, metric name included.</summary>
    public Labels Labels => _labels ?? TellLabels();

    /// <summary>Whose <see cref="Slot"/> this is: a reference compared by identity, or null while no shard has seen the key.</summary>
    public object? Owner { get; set; }

    /// <summary>The series' place in the owner's table.</summary>
    public int Slot { get; set; }

    /// <summary>Which use of the slot; a slot freed and taken again has another.</summary>
    public int Generation { get; set; }

    /// <summary>The labels of a key that does not keep them. From any thread.</summary>
    protected virtual Labels TellLabels() => throw new InvalidOperationException("the key has forgotten its labels and cannot tell them");

    /// <summary>Keeps labels, or does not keep them any more: the objects of a million series that are seldom asked for cost more than the series.</summary>
    protected void Keep(Labels? labels) => _labels = labels;
}
