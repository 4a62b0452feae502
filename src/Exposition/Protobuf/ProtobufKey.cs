using System.Text.Unicode;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>The text a protobuf series is known by: name, then names and values of labels, with a byte between that no UTF-8 text has.</summary>
internal static class ProtobufKey
{
    internal const byte Separator = 0xFF;

    // As in the text formats: beyond, names are looked up in a table.
    private const int LabelsSearched = 64;

    internal static void ReadLabels(scoped in PageSample sample, List<Label> into)
    {
        PageLimits limits = sample.Options.Limits;
        bool describe = sample.Options.TypeAndUnitLabels;
        ReadOnlySpan<byte> rest = sample.Text;
        into.Add(new Label(LabelName.MetricName, Take(ref rest, in sample, limits.NameBytesMax, nameof(PageLimits.NameBytesMax))));
        if (describe && sample.Type != MetricType.Unknown)
        {
            into.Add(new Label(LabelName.Type, sample.Type.NameOf()));
        }

        if (describe && !sample.Unit.IsEmpty)
        {
            into.Add(new Label(LabelName.Unit, LabelStrings.Of(sample.Unit)));
        }

        int described = into.Count;
        HashSet<string>? names = null;
        while (!rest.IsEmpty)
        {
            if (into.Count >= limits.LabelsMax)
            {
                throw new PageLimitException(nameof(PageLimits.LabelsMax), $"more than {limits.LabelsMax} labels in {sample.Excerpt()}");
            }

            string name = Take(ref rest, in sample, limits.NameBytesMax, nameof(PageLimits.NameBytesMax));
            string value = Take(ref rest, in sample, limits.ValueBytesMax, nameof(PageLimits.ValueBytesMax));
            if (into.Count == LabelsSearched)
            {
                names = [.. into.Select(static label => label.Name)];
            }

            int same = names is null || !names.Add(name) ? into.FindIndex(label => label.Name == name) : -1;
            if (name.Length == 0 || (same >= 0 && (!describe || same >= described)))
            {
                throw sample.Fault(name.Length == 0 ? "empty label name" : $"label name \"{name}\" is not unique");
            }

            if (same < 0)
            {
                into.Add(new Label(name, value));
            }
        }
    }

    private static string Take(ref ReadOnlySpan<byte> rest, scoped in PageSample sample, int bytesMax, string limit)
    {
        int end = rest.IndexOf(Separator);
        ReadOnlySpan<byte> part = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        if (part.Length > bytesMax)
        {
            throw new PageLimitException(limit, $"a name or value of {part.Length} bytes; the limit is {bytesMax}");
        }

        return Utf8.IsValid(part) ? LabelStrings.Of(part) : throw sample.Fault("invalid UTF-8 in a label");
    }
}
