namespace Pleiad.Scraping;

/// <summary>One key of a section: its name, what kind of value it holds, and its default.</summary>
/// <param name="Key">As written in the file.</param>
/// <param name="Kind">How its value is read and written.</param>
internal sealed record ConfigField(string Key, ValueKind Kind)
{
    /// <summary>The value where the key is absent; null means the zero of its kind.</summary>
    public object? Default { get; init; }

    /// <summary>Whether it is printed even where its value is zero.</summary>
    public bool Always { get; init; }

    /// <summary>Whether it is left out where it has its default, which Prometheus does for few keys.</summary>
    public bool OmitDefault { get; init; }

    /// <summary>Whether printing leaves a value out: what is left out has to read back as the same.</summary>
    public bool IsOmitted(object? value) => OmitDefault && Equals(value, Default)
        || (Kind.IsZero(value) && (value is null || !Always) && (Default is null || Kind.IsZero(Default)));

    /// <summary>What a user who sets it has to know; null where it works.</summary>
    public (KeyUse Use, string Reason)? Caveat { get; init; }
}

/// <summary>The keys a section may have, in the order in which they are printed, and a check of the section as a whole.</summary>
/// <remarks>
/// Describing the sections as data gives one place for strictness, defaults, the report and printing, for the whole of prometheus.yml.
/// </remarks>
internal sealed class ConfigShape
{
    private readonly Dictionary<string, int> _places;

    /// <param name="typeName">How errors name the section: Prometheus's own name for it, which tools look for.</param>
    /// <param name="fields">Its keys.</param>
    /// <param name="check">Throws through <see cref="ConfigSection.Fail"/>; runs once the section has been read without errors.</param>
    public ConfigShape(string typeName, ConfigField[] fields, Action<ConfigSection>? check = null)
    {
        TypeName = typeName;
        Fields = fields;
        Check = check;
        _places = new Dictionary<string, int>(fields.Length);
        for (int i = 0; i < fields.Length; i++)
        {
            _places.Add(fields[i].Key, i);
        }
    }

    public string TypeName { get; }

    public ConfigField[] Fields { get; }

    public Action<ConfigSection>? Check { get; }

    /// <summary>Where a key stands in <see cref="Fields"/>; -1 where the section has no such key.</summary>
    public int PlaceOf(string key) => _places.GetValueOrDefault(key, -1);
}
