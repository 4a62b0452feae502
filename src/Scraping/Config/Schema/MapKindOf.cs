using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Values by name; a name occurs once.</summary>
internal sealed class MapKindOf(ValueKind item) : ValueKind
{
    public override object? Zero => Array.Empty<KeyValuePair<string, object?>>();

    public override bool IsZero(object? value) => ((IReadOnlyList<KeyValuePair<string, object?>>)value!).Count == 0;

    public override object? Read(YamlNode node, string key, ConfigBinder binder)
    {
        if (node is not YamlMapping mapping)
        {
            binder.Misfit(node, key, "map[string]string");
            return Zero;
        }

        var entries = new List<KeyValuePair<string, object?>>(mapping.Entries.Count);
        var seen = new HashSet<string>();
        foreach ((YamlScalar name, YamlNode value) in mapping.Entries)
        {
            if (!seen.Add(name.Text))
            {
                binder.Misfit(name.Line, key, $"key {QuotedText.Of(name.Text)} already set in map");
                continue;
            }

            entries.Add(KeyValuePair.Create(name.Text, item.ReadOrZero(value, $"{key}.{name.Text}", binder)));
        }

        return entries;
    }

    // In order of names, as Prometheus prints its maps.
    public override object Plain(object? value) => ((IReadOnlyList<KeyValuePair<string, object?>>)value!)
        .OrderBy(entry => entry.Key, StringComparer.Ordinal)
        .Select(entry => KeyValuePair.Create(entry.Key, item.Plain(entry.Value)))
        .ToList();
}
