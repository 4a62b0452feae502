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
public sealed class SeriesKey(Labels labels)
{
    /// <summary>The series' labels, external labels excluded, metric name included.</summary>
    public Labels Labels { get; } = labels;

    /// <summary>Whose <see cref="Slot"/> this is: a reference compared by identity, or null while no shard has seen the key.</summary>
    public object? Owner { get; set; }

    /// <summary>The series' place in the owner's table.</summary>
    public int Slot { get; set; }

    /// <summary>Which use of the slot; a slot freed and taken again has another.</summary>
    public int Generation { get; set; }
}
