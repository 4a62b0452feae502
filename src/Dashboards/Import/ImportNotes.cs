using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Collects, while a dashboard is migrated, what could not be carried over whole.</summary>
internal sealed class ImportNotes
{
    private readonly Dictionary<JsonObject, List<string>> _byPanel = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<JsonObject, string> _wasType = new(ReferenceEqualityComparer.Instance);

    /// <summary>What concerns the whole dashboard.</summary>
    public List<string> OfDashboard { get; } = [];

    /// <summary>Notes that a panel is not quite what it was.</summary>
    public void Approximated(JsonObject panel, string what)
    {
        if (!_byPanel.TryGetValue(panel, out List<string>? notes))
        {
            _byPanel.Add(panel, notes = []);
        }

        if (!notes.Contains(what))
        {
            notes.Add(what);
        }
    }

    /// <summary>Gives a panel another type and remembers the first one.</summary>
    public void Retype(JsonObject panel, string type)
    {
        _wasType.TryAdd(panel, panel.Text("type") ?? string.Empty);
        panel["type"] = type;
    }

    /// <summary>The notes of a panel.</summary>
    public IReadOnlyList<string> Of(JsonObject panel) => _byPanel.GetValueOrDefault(panel, []);

    /// <summary>The type a panel came with.</summary>
    public string WasType(JsonObject panel) => _wasType.TryGetValue(panel, out string? was) ? was : panel.Text("type") ?? string.Empty;
}
