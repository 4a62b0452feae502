using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>One sample of a page, valid during the push.</summary>
public ref struct PageSample
{
    /// <summary>The series as the page writes it: name and labels in the page's grammar. Equal text means an equal series.</summary>
    public ReadOnlySpan<byte> Text { get; internal set; }

    /// <summary>
    /// The text's number in the <see cref="PageMemory"/>: the same from page to page while the series stays on the page, then free for another.
    /// Numbers are small, so that arrays can be indexed by them. Derived samples (<see cref="IsDerived"/>) have numbers of their own.
    /// </summary>
    public int Id { get; internal set; }

    /// <summary>Whether the number was given for this page: what was kept under it belongs to another series.</summary>
    public bool IsNew { get; internal set; }

    /// <summary>Whether the sample was made from several lines (a converted classic histogram); its number is of another sequence.</summary>
    public bool IsDerived { get; internal set; }

    /// <summary>The value; 0 for a histogram. NaN has the bits of <see cref="StaleMarker.NormalNaN"/>, except in protobuf, which may send others.</summary>
    public double Value { get; internal set; }

    /// <summary>The native histogram, or null.</summary>
    public NativeHistogram? Histogram { get; internal set; }

    /// <summary>Whether the page gave a time.</summary>
    public bool HasTime { get; internal set; }

    /// <summary>The page's time, milliseconds since the epoch.</summary>
    public long TimeMs { get; internal set; }

    /// <summary>The start timestamp in milliseconds since the epoch, 0 for none.</summary>
    public long StartMs { get; internal set; }

    /// <summary>The type of the last TYPE line.</summary>
    public MetricType Type { get; internal set; }

    /// <summary>Whether there are exemplars to read.</summary>
    public bool HasExemplars { get; internal set; }

    internal PageFormat Format { get; set; }

    // Where the text stands, for errors.
    internal ReadOnlySpan<byte> Page { get; set; }

    internal int At { get; set; }

    // The metric family of the last metadata line and of the last TYPE line; kept only where the options need them.
    internal ReadOnlySpan<byte> Family { get; set; }

    internal ReadOnlySpan<byte> TypeFamily { get; set; }

    internal PageOptions Options { get; set; }

    internal ReadOnlySpan<byte> Unit { get; set; }

    internal ExemplarText Exemplar { get; set; }

    internal List<Exemplar>? ExemplarList { get; set; }

    /// <summary>The labels as the page gives them, the metric name first, empty values included; <c>le</c> and <c>quantile</c> in canonical form.</summary>
    /// <param name="into">Emptied first.</param>
    /// <exception cref="PageSyntaxException">No metric name, a label twice.</exception>
    /// <exception cref="PageLimitException">Too many or too long.</exception>
    public readonly void ReadLabels(List<Label> into)
    {
        into.Clear();
        if (Format == PageFormat.Protobuf)
        {
            ProtobufKey.ReadLabels(in this, into);
        }
        else
        {
            SeriesText.ReadLabels(in this, into);
        }
    }

    /// <summary>Appends the sample's exemplars.</summary>
    public readonly void ReadExemplars(List<Exemplar> into)
    {
        if (!HasExemplars)
        {
            return;
        }

        if (ExemplarList is not null)
        {
            into.AddRange(ExemplarList);
        }
        else
        {
            into.Add(Exemplar.Read(Options.Limits));
        }
    }

    internal readonly PageSyntaxException Fault(string reason) => PageSyntaxException.At(Page, At, reason);

    internal readonly string Where() => Format == PageFormat.Protobuf ? "protobuf" : $"line {Page[..At].Count((byte)'\n') + 1}";

    internal readonly string Excerpt() => TextParser.Printable(Text);
}
