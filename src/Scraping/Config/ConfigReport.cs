namespace Pleiad.Scraping;

/// <summary>What became of a key.</summary>
public enum KeyUse
{
    /// <summary>It has its effect.</summary>
    Used,

    /// <summary>Read and checked, but without effect here; leaving it out changes nothing.</summary>
    Ignored,

    /// <summary>Read and checked, but what it asks for cannot be done yet: something the user expects is missing.</summary>
    Unavailable,
}

/// <summary>One key of the file and what became of it.</summary>
/// <param name="File">The file it stands in.</param>
/// <param name="Line">From 1.</param>
/// <param name="Key">Its path, <c>scrape_configs[0].proxy_url</c>.</param>
/// <param name="Use">What became of it.</param>
/// <param name="Reason">Why it is ignored or unavailable; empty for used keys.</param>
public sealed record ConfigNote(string File, int Line, string Key, KeyUse Use, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Use == KeyUse.Used
        ? $"{File}:{Line}: {Key} is used"
        : $"{File}:{Line}: {Key} is {(Use == KeyUse.Ignored ? "ignored" : "not available")}: {Reason}";
}

/// <summary>What became of every key of a configuration file. Refused keys are not here: they end the loading with a <see cref="ConfigException"/>.</summary>
public sealed class ConfigReport
{
    private readonly List<ConfigNote> _notes = [];

    internal ConfigReport()
    {
    }

    /// <summary>All keys in the order of reading.</summary>
    public IReadOnlyList<ConfigNote> Notes => _notes;

    /// <summary>The keys without effect: what a user should be told.</summary>
    public IEnumerable<ConfigNote> Warnings => _notes.Where(note => note.Use != KeyUse.Used);

    internal void Add(ConfigNote note) => _notes.Add(note);
}
