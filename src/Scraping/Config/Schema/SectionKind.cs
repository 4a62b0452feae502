namespace Pleiad.Scraping;

/// <summary>A section: a mapping with known keys.</summary>
internal sealed class SectionKind(ConfigShape shape) : ValueKind
{
    private const string MergeKey = "<<";

    public string TypeName => shape.TypeName;

    public override object? Zero => null;

    public override bool IsZero(object? value) => value is null || ((ConfigSection)value).IsAllZero;

    public override object? Read(YamlNode node, string key, ConfigBinder binder)
    {
        if (node is not YamlMapping mapping)
        {
            binder.Misfit(node, key, shape.TypeName);
            return null;
        }

        int misfitsBefore = binder.MisfitCount;
        var section = new ConfigSection(shape, binder.File, node.Line, key);
        var taken = new HashSet<string>();
        ReadKeys(mapping, section, taken, binder);
        foreach ((YamlScalar name, YamlNode value) in mapping.Entries)
        {
            if (name.Text == MergeKey)
            {
                Merge(value, section, taken, binder);
            }
        }

        if (binder.MisfitCount == misfitsBefore)
        {
            shape.Check?.Invoke(section);
        }

        return section;
    }

    public override object Plain(object? value)
    {
        var section = (ConfigSection)value!;
        var entries = new List<KeyValuePair<string, object>>();
        for (int i = 0; i < shape.Fields.Length; i++)
        {
            ConfigField field = shape.Fields[i];
            object? at = section.ValueAt(i);
            if (!field.IsOmitted(at))
            {
                entries.Add(KeyValuePair.Create(field.Key, field.Kind.Plain(at)));
            }
        }

        return entries;
    }

    private void ReadKeys(YamlMapping mapping, ConfigSection section, HashSet<string> taken, ConfigBinder binder)
    {
        foreach ((YamlScalar name, YamlNode value) in mapping.Entries)
        {
            if (name.Text == MergeKey)
            {
                continue;
            }

            string key = section.KeyPath(name.Text);
            int place = shape.PlaceOf(name.Text);
            if (place < 0)
            {
                binder.Misfit(name.Line, key, $"field {name.Text} not found in type {shape.TypeName}");
                continue;
            }

            if (!taken.Add(name.Text))
            {
                binder.Misfit(name.Line, key, $"field {name.Text} already set in type {shape.TypeName}");
                continue;
            }

            ReadKey(place, name.Line, value, section, binder);
        }
    }

    private void ReadKey(int place, int line, YamlNode value, ConfigSection section, ConfigBinder binder)
    {
        ConfigField field = shape.Fields[place];
        string key = section.KeyPath(field.Key);
        object? read = binder.Silently(field.Caveat is not null, () => field.Kind.ReadOrZero(value, key, binder));

        // An empty subsection is as good as an absent one: its defaults stay.
        if (read is null && field.Default is not null)
        {
            read = field.Default;
        }

        section.SetAt(place, read, line);
        if (field.Kind is not SectionKind || field.Caveat is not null)
        {
            bool harmless = field.Caveat is not null && field.Kind.IsZero(read);
            binder.Note(line, key, harmless ? null : field.Caveat);
        }
    }

    // Keys written out win over merged ones, earlier merged mappings over later ones (YAML 1.1, "Merge Key").
    private void Merge(YamlNode value, ConfigSection section, HashSet<string> taken, ConfigBinder binder)
    {
        IEnumerable<YamlNode> sources = value is YamlSequence sequence ? sequence.Items : [value];
        foreach (YamlNode source in sources)
        {
            if (source is not YamlMapping mapping)
            {
                throw binder.Refuse(value.Line, section.Path, "map merge requires map or sequence of maps as the value");
            }

            var free = new YamlMapping(mapping.Line, mapping.Column, [.. mapping.Entries.Where(entry => !taken.Contains(entry.Key.Text))]);
            ReadKeys(free, section, taken, binder);
        }
    }
}
