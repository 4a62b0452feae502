using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition.Tests;

/// <summary>One entry of a page as a test sees it.</summary>
internal sealed record Entry(
    string Kind,
    string Name,
    string Text,
    IReadOnlyList<Label>? Labels = null,
    double Value = 0,
    NativeHistogram? Histogram = null,
    long? TimeMs = null,
    long StartMs = 0,
    IReadOnlyList<Exemplar>? Exemplars = null,
    int Id = -1);

/// <summary>Writes down everything a page says.</summary>
internal readonly struct Recorder(List<Entry> entries) : IPageSink
{
    public static bool WantsMetadata => true;

    public void Type(ReadOnlySpan<byte> family, MetricType type) => entries.Add(new Entry("type", Utf8(family), type.NameOf()));

    public void Help(ReadOnlySpan<byte> family, string help) => entries.Add(new Entry("help", Utf8(family), help));

    public void Unit(ReadOnlySpan<byte> family, string unit) => entries.Add(new Entry("unit", Utf8(family), unit));

    public void Comment(ReadOnlySpan<byte> text) => entries.Add(new Entry("comment", string.Empty, Utf8(text)));

    public void Sample(scoped in PageSample sample)
    {
        var labels = new List<Label>();
        sample.ReadLabels(labels);
        var exemplars = new List<Exemplar>();
        sample.ReadExemplars(exemplars);
        entries.Add(new Entry(
            sample.Histogram is null ? "series" : "histogram",
            labels[0].Value,
            Utf8(sample.Text),
            labels,
            sample.Value,
            sample.Histogram,
            sample.HasTime ? sample.TimeMs : null,
            sample.StartMs,
            exemplars,
            sample.Id));
    }

    private static string Utf8(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}

/// <summary>Reads pages the short way.</summary>
internal static class Reading
{
    internal static List<Entry> Read(ReadOnlySpan<byte> page, PageFormat format, PageOptions? options = null, PageMemory? memory = null)
    {
        var entries = new List<Entry>();
        var recorder = new Recorder(entries);
        memory ??= new PageMemory();
        try
        {
            PageParser.Parse(page, format, options ?? PageOptions.Default, memory, ref recorder);
            memory.Commit();
        }
        catch
        {
            memory.Abort();
            throw;
        }

        return entries;
    }

    internal static List<Entry> Read(string page, PageFormat format = PageFormat.Text, PageOptions? options = null, PageMemory? memory = null) =>
        Read(Encoding.UTF8.GetBytes(page), format, options, memory);

    /// <summary>The entries in a form that two readings can be compared in.</summary>
    internal static string Print(IEnumerable<Entry> entries)
    {
        var text = new StringBuilder();
        foreach (Entry entry in entries)
        {
            text.Append(entry.Kind).Append('|').Append(entry.Name).Append('|').Append(entry.Text).Append('|')
                .AppendJoin(',', entry.Labels?.Select(label => label.Name + "=" + label.Value) ?? []).Append('|')
                .Append(BitConverter.DoubleToUInt64Bits(entry.Value)).Append('|').Append(entry.TimeMs).Append('|').Append(entry.StartMs)
                .Append('|').Append(entry.Histogram is { } h ? $"{h.Schema};{h.Count};{h.Sum};{string.Join(' ', h.PositiveBuckets)}" : "")
                .Append('|').AppendJoin(';', entry.Exemplars?.Select(e => $"{e.Labels} {e.Value} {e.At}") ?? []).Append('\n');
        }

        return text.ToString();
    }
}
